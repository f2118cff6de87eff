# Sourced by the train_* scripts: one thread, Debian's Python, a JDK, and the pinned ONNX Runtime.
set -eu
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1
version=1.28.0
if [ -z "${ONNXRUNTIME_JAR:-}" ]; then
    ONNXRUNTIME_JAR="$HOME/.m2/repository/com/microsoft/onnxruntime/onnxruntime/$version/onnxruntime-$version.jar"
    [ -f "$ONNXRUNTIME_JAR" ] || mvn -q dependency:get -Dartifact="com.microsoft.onnxruntime:onnxruntime:$version" -Dtransitive=false
fi
export ONNXRUNTIME_JAR
PYTHON="${PYTHON:-/usr/bin/python3}"
