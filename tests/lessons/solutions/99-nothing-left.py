i_have_looked = True
