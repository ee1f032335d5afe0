"""What can go wrong with webhooks."""

from uuid import UUID

from service.errors import Conflict, FieldProblem, Invalid, NotFound


class EndpointNotFound(NotFound):
    code = "webhook_not_found"

    def __init__(self, endpoint_id: UUID) -> None:
        super().__init__(f"There is no webhook {endpoint_id} on this site.")


class DeliveryNotFound(NotFound):
    code = "delivery_not_found"

    def __init__(self, delivery_id: UUID) -> None:
        super().__init__(f"This webhook has no delivery {delivery_id}.")


class TooManyEndpoints(Conflict):
    code = "too_many_webhooks"

    def __init__(self, most: int) -> None:
        super().__init__(f"A site has at most {most} webhooks: remove one first.")


class EndpointDisabled(Conflict):
    code = "webhook_disabled"

    def __init__(self, endpoint_id: UUID) -> None:
        super().__init__(f"The webhook {endpoint_id} is disabled: register its address anew.")


class AddressNotAllowed(Invalid):
    code = "address_not_allowed"

    def __init__(self, sentence: str) -> None:
        super().__init__(f"url {sentence}.", fields=(FieldProblem("/url", sentence),))
