from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import as_array, as_number, as_object, as_string, check_strings
from ..model_base import ModelBase, field_defaults

_FIELD_COUNT = 4


@_attrs_define(kw_only=True, repr=False)
class ClassifierTargetResult(ModelBase):
    """One target of a classifier: the labels that it chooses from, and how it was trained to."""

    name: str
    labels: list[str]
    weight: float
    loss_function: FTClassifierLossFunction | str
    """ The loss function that a classifier was trained with. The service may use values that are not listed; the client
    keeps them. """
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        # The head of model_base.py explains this code.
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != _FIELD_COUNT:
            fields = {**cls._field_defaults, **fields}
        self = object.__new__(cls)
        try:
            value = fields["name"]
            self.name = value if value.__class__ is str else as_string(value, "name")
            value = fields["labels"]
            self.labels = value if value.__class__ is list else as_array(value, "labels")
            for item in self.labels:
                if item.__class__ is not str:
                    check_strings(self.labels, "labels")
            value = fields["weight"]
            self.weight = value if value.__class__ is float else as_number(value, "weight")
            value = fields["loss_function"]
            self.loss_function = value if value.__class__ is str else as_string(value, "loss_function")
        except KeyError:
            return cls.from_dict({**cls._field_defaults, **fields})
        self.additional_properties = {} if len(fields) == _FIELD_COUNT else cls._unknown_fields(fields)
        return self


ClassifierTargetResult._field_defaults = field_defaults(ClassifierTargetResult)

# Imported last, when the class exists: schemas can refer to each other in a circle.
from ..models.ft_classifier_loss_function import FTClassifierLossFunction
