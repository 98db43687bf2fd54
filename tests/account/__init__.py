"""An account to break things in: moto for the stores, a real local SageMaker runtime.

The functions' real entry points are called with what is in the queue, as Lambda would do it.
"""
