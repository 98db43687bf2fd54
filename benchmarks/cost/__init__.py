"""What a deployment costs a month: measured counts times prices, and the tables of docs/cost.md."""
