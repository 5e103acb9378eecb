# True, once you have.
i_have_looked = True
