"""The training container of this machine: what runs in a job of the local SageMaker."""
