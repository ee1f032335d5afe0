# One image for web, worker, beat and migrations. The pinned packages come first: they change less
# often than the code.
FROM python:3.13-slim AS packages
RUN python -m venv /opt/parley
COPY requirements/runtime.txt requirements/build.txt /requirements/
RUN /opt/parley/bin/pip install --no-cache-dir --require-hashes -r /requirements/runtime.txt

FROM packages AS project
RUN /opt/parley/bin/pip install --no-cache-dir --require-hashes -r /requirements/build.txt
WORKDIR /project
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY service service
COPY ml ml
COPY worker worker
COPY migrations migrations
RUN /opt/parley/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels .

FROM packages
COPY --from=project /wheels /wheels
RUN /opt/parley/bin/pip install --no-cache-dir --no-deps /wheels/*.whl \
    && useradd --system --no-create-home --shell /usr/sbin/nologin parley
ENV PATH=/opt/parley/bin:$PATH PYTHONUNBUFFERED=1 PARLEY_DATA=/tmp/parley
USER parley
EXPOSE 8000
CMD ["parley", "web"]
