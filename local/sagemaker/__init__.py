"""A local SageMaker: real models behind `POST /endpoints/<name>/invocations`."""
