"""Who answers for the operators: the CAMARA interfaces."""
