"""What is to be done with each resource: create, update, replace, delete, read, recover.

Comes in: `program.monitor` with what the program asks for, `session` for recovery, refresh and
deletions. Touches: the registration table; everything that changes the cloud or the state goes
through `steps`.
"""
