"""The names of PyCrypto that vicc imports: PyCrypto itself is compiled for another Python than Jython."""
