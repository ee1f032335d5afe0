"""What can go wrong with labelled examples."""

from service.errors import Invalid


class ExampleMeaningless(Invalid):
    code = "example_meaningless"
