"""A small Ngenea Hub of the parts that a real one is made of.

Django, Django REST framework, SimpleJWT, djangorestframework-api-key and drf-spectacular, from
Debian's packages. `python3 -m realhub --help` lists the variants. Data live in a SQLite file that
is removed at the end.
"""
