// Truncated backpropagation with SGD for the tanh RNN and the GRU, written for vectors as wide as the machine has them.
// The products of a window that do not wait for one another are one product of matrices.
#include "parts.h"

#if WIDTH == 16
#define TILE 4
#else
#define TILE 2
#endif

static Gates first, candidate;
static Readout readout;
/** For each step of a window: the state before it (and the one after the last), what its gates compute, gradients. */
static float *h, *gate, *proposal, *rh, *of_gate, *of_proposal, *error, *cotangent;
static float *inner, *later;

static void fresh(void) {
  const int is_rnn = gates == 1, width = is_rnn ? units : 2 * units;
  first = gates_of(is_rnn ? 1 : 2);
  read_gates(first, 0, is_rnn ? 1 : 2);
  if (!is_rnn) {
    candidate = gates_of(1);
    read_gates(candidate, 2, 3);
  }
  readout = readout_of();
  h = floats((size_t)(window + 1) * units);
  gate = floats((size_t)window * width);
  of_gate = floats((size_t)window * width);
  float **const vectors[] = {&proposal, &rh, &of_proposal, &cotangent};
  for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) *vectors[i] = floats((size_t)window * units);
  error = floats((size_t)window * SYMBOLS);
  inner = floats(units);
  later = floats(units);
}

/** Learns from the sum over the window of z ⊗ d, of which it has no more than a tile at a time. */
INLINE void learn(float *m, int stride, int rows, int columns, const float *z, const float *d) {
  for (int p = 0; p < columns; p += PANEL, m += (size_t)stride * PANEL)
    for (int j = 0; j < rows; j += TILE) {
      V sums[TILE][4];
      for (int k = 0; k < TILE; k++)
        for (int i = 0; i < 4; i++) sums[k][i] = all(0);
      FOUR_AT_A_TIME
      for (int t = 0; t < window; t++)
        for (int k = 0; k < TILE; k++)
          for (int i = 0; i < 4; i++) sums[k][i] += z[(size_t)t * rows + j + k] * load(d + (size_t)t * columns + p + i * WIDTH);
      for (int k = 0; k < TILE; k++)
        for (int i = 0; i < 4; i++) {
          float *const at = m + (j + k) * PANEL + i * WIDTH;
          store(at, load(at) - rate * sums[k][i]);
        }
    }
}

INLINE void learn_gates(Gates own, const float *z, const float *d, const int *x) {
  learn(own.w + RECURRENT * PANEL, rows(), units, own.columns, z, d);
  for (int i = 0; i < own.columns; i += WIDTH) {
    V total = all(0);
    for (int t = 0; t < window; t++) {
      const V share = load(d + (size_t)t * own.columns + i);
      float *const at = element(own, x[t], i);
      store(at, load(at) - rate * share);
      total += share;
    }
    float *const bias = element(own, BIAS, i);
    store(bias, load(bias) - rate * total);
  }
}

/** Learns from a window, and has the losses of its steps. */
static void update(const int *x, const int *y, float *losses) {
  const int is_rnn = gates == 1, width = first.columns;
  for (int t = 0; t < window; t++) {
    const float *const before = h + (size_t)t * units;
    float *const after = h + (size_t)(t + 1) * units, *const g = gate + (size_t)t * width;
    float *const c = proposal + (size_t)t * units, *const reset = rh + (size_t)t * units;
    given(g, first, x[t]);
    recur((float *[]){g}, first, (const float *[]){before}, 1);
    if (is_rnn)
      for (int i = 0; i < units; i += WIDTH) store(after + i, tanh_of(load(g + i)));
    else {
      for (int i = 0; i < units; i += WIDTH) {
        const V r = sigmoid_of(load(g + i));
        store(g + i, r);
        store(reset + i, r * load(before + i));
      }
      given(c, candidate, x[t]);
      recur((float *[]){c}, candidate, (const float *[]){reset}, 1);
      for (int i = 0; i < units; i += WIDTH) {
        const V z = sigmoid_of(load(g + units + i)), own = tanh_of(load(c + i)), old = load(before + i);
        store(g + units + i, z);
        store(c + i, own);
        store(after + i, old + z * (own - old));
      }
    }
    losses[t] = predict(readout, after, y[t], error + (size_t)t * SYMBOLS, cotangent + (size_t)t * units);
  }
  memset(later, 0, 4 * units);
  for (int t = window - 1; t >= 0; t--) {
    const float *const before = h + (size_t)t * units, *const back = cotangent + (size_t)t * units;
    const float *const g = gate + (size_t)t * width, *const c = proposal + (size_t)t * units;
    float *const dg = of_gate + (size_t)t * width, *const dc = of_proposal + (size_t)t * units;
    if (is_rnn)
      for (int i = 0; i < units; i += WIDTH) {
        const V after = load(before + units + i);
        store(dg + i, (load(back + i) + load(later + i)) * (1.0f - after * after));
      }
    else {
      for (int i = 0; i < units; i += WIDTH) {
        const V d = load(back + i) + load(later + i), z = load(g + units + i), own = load(c + i), old = load(before + i);
        store(dc + i, d * z * (1.0f - own * own));
        store(dg + units + i, d * (own - old) * z * (1.0f - z));
        store(later + i, d * (1.0f - z));
      }
      recur_back((float *[]){inner}, candidate, (const float *[]){dc}, 1);
      for (int i = 0; i < units; i += WIDTH) {
        const V r = load(g + i), ci = load(inner + i);
        store(dg + i, ci * load(before + i) * r * (1.0f - r));
        store(later + i, load(later + i) + ci * r);
      }
    }
    // The state before the window is not learnt from.
    if (t == 0) break;
    if (is_rnn)
      recur_back((float *[]){later}, first, (const float *[]){dg}, 1);
    else {
      recur_back((float *[]){inner}, first, (const float *[]){dg}, 1);
      for (int i = 0; i < units; i += WIDTH) store(later + i, load(later + i) + load(inner + i));
    }
  }
  learn_gates(first, h, of_gate, x);
  if (!is_rnn) learn_gates(candidate, rh, of_proposal, x);
  learn(readout.w, SYMBOLS, SYMBOLS, units, error, h + units);
  for (int k = 0; k < SYMBOLS; k += WIDTH) {
    V total = all(0);
    for (int t = 0; t < window; t++) total += load(error + (size_t)t * SYMBOLS + k);
    store(readout.b + k, load(readout.b + k) - rate * total);
  }
  memcpy(h, h + (size_t)window * units, 4 * units);
}

static int run(int steps) {
  float losses[window];
  for (int t = 0; t < steps; t += window) update(inputs + t % period, targets + t % period, losses);
  return steps;
}

int main(int count, char **arguments) {
  read_problem(count, arguments);
  fresh();
  float *const losses = floats(period), *const own = floats(own_size() + (size_t)SYMBOLS * (units + 1));
  for (int t = 0; t < period; t += window) update(inputs + t, targets + t, losses + t);
  write_gates(first, 0, gates == 1 ? 1 : 2, own);
  if (gates == 3) write_gates(candidate, 2, 3, own);
  write_readout(readout, own);
  check(losses, own);
  fresh();
  serve("C", run);
}
