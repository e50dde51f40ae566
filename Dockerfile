# The program with the extra `cluster`, in an environment of its own; runs as nobody in particular, needs no network.
FROM python:3.11-slim AS build
RUN python -m venv /opt/afterdark
COPY requirements.lock /src/requirements.lock
RUN /opt/afterdark/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /src/requirements.lock
COPY . /src
# a tag is told by git, which the image has not: docker build --build-arg VERSION=$(git describe --tags --abbrev=0 | tr -d v)
ARG VERSION=0.1.0
RUN SETUPTOOLS_SCM_PRETEND_VERSION_FOR_AFTERDARK=$VERSION /opt/afterdark/bin/pip install --no-cache-dir --no-build-isolation "/src[cluster]"

FROM python:3.11-slim
COPY --from=build /opt/afterdark /opt/afterdark
ENV PATH=/opt/afterdark/bin:$PATH NUMBA_CACHE_DIR=/cache/numba MPLCONFIGDIR=/cache/matplotlib
RUN useradd --create-home walker && mkdir -p /cache /work && chown walker /cache /work && chmod 1777 /cache /work
USER walker
WORKDIR /work
ENTRYPOINT ["afterdark"]
CMD ["--help"]
