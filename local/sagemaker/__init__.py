"""The SageMaker runtime on one machine: real models behind `POST /endpoints/<name>/invocations`."""
