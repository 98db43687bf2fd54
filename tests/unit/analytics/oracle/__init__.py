"""What the views and queries should answer, computed in pandas from a lake's raw rows."""
