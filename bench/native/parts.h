// The weights of gates that read the same vector as one matrix, and the readout.
#include "problem.h"

/** The rows of w, the one of b and those of u transposed; the columns are those of one gate after another. */
typedef struct {
  float *w;
  int columns;
} Gates;

#define BIAS SYMBOLS
#define RECURRENT (SYMBOLS + 1)
INLINE int rows(void) { return RECURRENT + units; }

static Gates gates_of(int count) { return (Gates){floats((size_t)rows() * count * units), count * units}; }

static float *element(Gates own, int row, int column) {
  return own.w + ((size_t)(column / PANEL) * rows() + row) * PANEL + column % PANEL;
}

/** Does something with each parameter of the gates `from` to `to`, and its place among the leaves. */
#define FOR_EACH_PARAMETER(own, from, to, code)                                            \
  for (int gate = from; gate < to; gate++)                                                 \
    for (int row = 0; row < rows(); row++)                                                 \
      for (int i = 0; i < units; i++) {                                                    \
        const size_t first = gate * gate_size(), u = first + (size_t)SYMBOLS * units;      \
        const size_t at = row < BIAS    ? first + (size_t)row * units + i                  \
                          : row == BIAS ? u + (size_t)units * units + i                    \
                                        : u + (size_t)i * units + row - RECURRENT;         \
        float *const parameter = element(own, row, (gate - (from)) * units + i);           \
        code;                                                                              \
      }

static void read_gates(Gates own, int from, int to) { FOR_EACH_PARAMETER(own, from, to, *parameter = leaves[at]) }
static void write_gates(Gates own, int from, int to, float *to_leaves) {
  FOR_EACH_PARAMETER(own, from, to, to_leaves[at] = *parameter)
}

/** y[k] += u z[k], for 1 or 2 vectors. */
INLINE void recur(float *const *y, Gates own, const float *const *z, int count) {
  add_rows(y, own.w + RECURRENT * PANEL, z, count, units, own.columns, rows());
}
/** y[k] = uᵀ v[k]. */
INLINE void recur_back(float *const *y, Gates own, const float *const *v, int count) {
  dot_rows(y, own.w + RECURRENT * PANEL, v, count, units, own.columns, rows());
}
/** y = w[x] + b. */
INLINE void given(float *y, Gates own, int x) {
  for (int i = 0; i < own.columns; i += WIDTH) store(y + i, load(element(own, x, i)) + load(element(own, BIAS, i)));
}

/** [symbols, units] in panels, and its bias. */
typedef struct {
  float *w, *b;
} Readout;

static Readout readout_of(void) {
  Readout own = {floats((size_t)SYMBOLS * units), floats(SYMBOLS)};
  const double *from = leaves + own_size();
  for (int k = 0; k < SYMBOLS; k++)
    for (int i = 0; i < units; i++) own.w[((size_t)(i / PANEL) * SYMBOLS + k) * PANEL + i % PANEL] = *from++;
  for (int k = 0; k < SYMBOLS; k++) own.b[k] = *from++;
  return own;
}
static void write_readout(Readout own, float *to_leaves) {
  float *to = to_leaves + own_size();
  for (int k = 0; k < SYMBOLS; k++)
    for (int i = 0; i < units; i++) *to++ = own.w[((size_t)(i / PANEL) * SYMBOLS + k) * PANEL + i % PANEL];
  for (int k = 0; k < SYMBOLS; k++) *to++ = own.b[k];
}

/** The loss of a prediction from h, the gradient of the logits, and that of h. */
INLINE float predict(Readout own, const float *h, int y, float *error, float *cotangent) {
  dot_rows(&error, own.w, &h, 1, SYMBOLS, units, SYMBOLS);
  V top = all(-INFINITY), total = all(0);
  for (int k = 0; k < SYMBOLS; k += WIDTH) {
    const V logits = load(error + k) + load(own.b + k);
    store(error + k, logits);
    top = larger(top, logits);
  }
  float most = top[0];
  for (int k = 1; k < WIDTH; k++) most = fmaxf(most, top[k]);
  const float logit = error[y];
  for (int k = 0; k < SYMBOLS; k += WIDTH) {
    const V e = exp_of(load(error + k) - most);
    store(error + k, e);
    total += e;
  }
  const float whole = sum(total);
  for (int k = 0; k < SYMBOLS; k += WIDTH) store(error + k, load(error + k) * (1 / whole));
  error[y] -= 1;
  memset(cotangent, 0, 4 * units);
  add_rows(&cotangent, own.w, (const float *const *)&error, 1, SYMBOLS, units, SYMBOLS);
  return logf(whole) + most - logit;
}
