"""`make soak`: all operations for a long time, with injected faults; leaks and inconsistent results are failures.

Workers send random operations to the fake service (`service`), which runs in a process of its own and injects faults.
For each model they track the states that it can be in (`oracle`): a result that contradicts them is an error of the
client. Memory, file descriptors, threads and tasks are sampled (`samples`), and must not grow. At the end, the models
of the service are compared with what the clients observed.
"""
