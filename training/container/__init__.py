"""The local training container: what a training job of the local SageMaker runs."""
