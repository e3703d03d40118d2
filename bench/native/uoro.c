// UORO with SGD for the tanh RNN and the GRU, written for vectors as wide as the machine has them. θ̃ is learnt along and
// moved on in the pass that updates the weights, which yields its norm for the next step; gradients are outer products
// that are never written out.
#include "parts.h"

/** Gates that read the same vector, their part of θ̃, and for each column the gradient and the immediate influence. */
typedef struct {
  Gates own, pair;
  float *d, *n;
} Learnt;

static Learnt first, candidate;
static Readout readout;
/** The state, its tangent s̃, the values and tangents on the way to the next ones, and gradients. */
static float *h, *s, *now, *pushed, *given_z, *pushed_z, *rh, *tangent, *c, *pushed_c, *error, *cotangent, *back;
static float *signs;
static float size;

static Learnt learnt_of(int count) {
  return (Learnt){gates_of(count), gates_of(count), floats((size_t)count * units), floats((size_t)count * units)};
}

static void fresh(void) {
  const int is_rnn = gates == 1;
  first = learnt_of(is_rnn ? 1 : 2);
  read_gates(first.own, 0, is_rnn ? 1 : 2);
  if (!is_rnn) {
    candidate = learnt_of(1);
    read_gates(candidate.own, 2, 3);
  }
  readout = readout_of();
  float **const vectors[] = {&h, &s, &now, &pushed, &rh, &tangent, &c, &pushed_c, &cotangent};
  for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) *vectors[i] = floats(units);
  given_z = floats(2 * units);
  pushed_z = floats(2 * units);
  back = floats(2 * units);
  error = floats(SYMBOLS);
  size = 0;
}

/** Rows of the weights and of θ̃: those that read z, or without it those whose gradient is only along θ̃. */
INLINE void absorb_rows(float *w, float *t, int from, int to, const float *z, float a, float keep, const V *d, const V *n, V *squares) {
  for (int j = from; j < to; j++) {
    float *const wj = w + j * PANEL, *const tj = t + j * PANEL;
    for (int i = 0; i < 4; i++) {
      const V old = load(tj + i * WIDTH);
      V weight = load(wj + i * WIDTH) + a * old, next = keep * old;
      if (z != NULL) {
        weight += z[j - from] * d[i];
        next += z[j - from] * n[i];
      }
      store(wj + i * WIDTH, weight);
      store(tj + i * WIDTH, next);
      squares[i] += next * next;
    }
  }
}

/** The new |θ̃|² of gates that read input x and the vector z. */
INLINE float absorb(Learnt gates, int x, const float *z, float along, float keep, float share) {
  static const float one = 1;
  const float a = -rate * along;
  V squares[4] = {all(0), all(0), all(0), all(0)};
  for (int p = 0; p < gates.own.columns; p += PANEL) {
    float *const w = gates.own.w + (size_t)p * rows(), *const t = gates.pair.w + (size_t)p * rows();
    V d[4], n[4];
    for (int i = 0; i < 4; i++) {
      d[i] = -rate * load(gates.d + p + i * WIDTH);
      n[i] = share * load(gates.n + p + i * WIDTH);
    }
    absorb_rows(w, t, 0, x, NULL, a, keep, d, n, squares);
    absorb_rows(w, t, x, x + 1, &one, a, keep, d, n, squares);
    absorb_rows(w, t, x + 1, BIAS, NULL, a, keep, d, n, squares);
    absorb_rows(w, t, BIAS, BIAS + 1, &one, a, keep, d, n, squares);
    absorb_rows(w, t, RECURRENT, RECURRENT + units, z, a, keep, d, n, squares);
  }
  return sum(squares[0] + squares[1] + squares[2] + squares[3]);
}

INLINE float balance(float a, float b) { return sqrtf((a + 1e-5f) / (b + 1e-5f)); }

static float step(int x, int y, const float *nu) {
  const int is_rnn = gates == 1;
  given(given_z, first.own, x);
  memset(pushed_z, 0, 4 * first.own.columns);
  recur((float *[]){given_z, pushed_z}, first.own, (const float *[]){h, s}, 2);
  if (is_rnn)
    for (int i = 0; i < units; i += WIDTH) {
      const V after = tanh_of(load(given_z + i));
      const V slope = 1.0f - after * after;
      store(now + i, after);
      store(pushed + i, slope * load(pushed_z + i));
      store(first.n + i, slope * load(nu + i));
      store(first.d + i, slope);
    }
  else {
    for (int i = 0; i < units; i += WIDTH) {
      const V r = sigmoid_of(load(given_z + i)), hi = load(h + i);
      store(given_z + i, r);
      store(rh + i, r * hi);
      store(tangent + i, r * (1.0f - r) * load(pushed_z + i) * hi + r * load(s + i));
    }
    given(c, candidate.own, x);
    memset(pushed_c, 0, 4 * units);
    recur((float *[]){c, pushed_c}, candidate.own, (const float *[]){rh, tangent}, 2);
    for (int i = 0; i < units; i += WIDTH) {
      const V z = sigmoid_of(load(given_z + units + i)), proposal = tanh_of(load(c + i)), hi = load(h + i);
      const V slope = z * (1.0f - proposal * proposal), gate = (proposal - hi) * z * (1.0f - z), sign = load(nu + i);
      store(now + i, hi + z * (proposal - hi));
      store(pushed + i, gate * load(pushed_z + units + i) + slope * load(pushed_c + i) + (1.0f - z) * load(s + i));
      store(candidate.d + i, slope);
      store(candidate.n + i, sign * slope);
      store(first.d + units + i, gate);
      store(first.n + units + i, sign * gate);
    }
  }
  const float loss = predict(readout, now, y, error, cotangent);
  const float along = dot(cotangent, pushed, units);
  float immediate;
  if (is_rnn) {
    for (int i = 0; i < units; i += WIDTH) store(first.d + i, load(first.d + i) * load(cotangent + i));
    immediate = dot(first.n, first.n, units) * (2 + dot(h, h, units));
  } else {
    for (int i = 0; i < units; i += WIDTH) {
      store(candidate.d + i, load(candidate.d + i) * load(cotangent + i));
      store(first.d + units + i, load(first.d + units + i) * load(cotangent + i));
    }
    recur_back((float *[]){back, back + units}, candidate.own, (const float *[]){candidate.d, candidate.n}, 2);
    for (int i = 0; i < units; i += WIDTH) {
      const V r = load(given_z + i), gate = load(h + i) * r * (1.0f - r);
      store(first.d + i, load(back + i) * gate);
      store(first.n + i, load(back + units + i) * gate);
    }
    immediate = dot(first.n, first.n, 2 * units) * (2 + dot(h, h, units)) + dot(candidate.n, candidate.n, units) * (2 + dot(rh, rh, units));
  }
  const float rho0 = balance(sqrtf(size), sqrtf(dot(pushed, pushed, units))), rho1 = balance(sqrtf(immediate), sqrtf(units));
  size = absorb(first, x, h, along, 1 / rho0, 1 / rho1);
  if (!is_rnn) size += absorb(candidate, x, rh, along, 1 / rho0, 1 / rho1);
  for (int p = 0; p < units; p += PANEL)
    for (int k = 0; k < SYMBOLS; k++)
      for (int i = 0; i < PANEL; i += WIDTH) {
        float *const at = readout.w + (size_t)p * SYMBOLS + k * PANEL + i;
        store(at, load(at) - rate * error[k] * load(now + p + i));
      }
  for (int k = 0; k < SYMBOLS; k += WIDTH) store(readout.b + k, load(readout.b + k) - rate * load(error + k));
  for (int i = 0; i < units; i += WIDTH) {
    store(s + i, rho0 * load(pushed + i) + rho1 * load(nu + i));
    store(h + i, load(now + i));
  }
  return loss;
}

static int run(int steps) {
  for (int t = 0; t < steps; t++) step(inputs[t % period], targets[t % period], signs + (size_t)(t % period) * units);
  return steps;
}

int main(int count, char **arguments) {
  read_problem(count, arguments);
  signs = floats((size_t)period * units);
  double *const given_signs = numbers("signs", (size_t)period * units);
  for (size_t i = 0; i < (size_t)period * units; i++) signs[i] = given_signs[i];
  fresh();
  float *const losses = floats(period), *const own = floats(own_size() + (size_t)SYMBOLS * (units + 1));
  for (int t = 0; t < period; t++) losses[t] = step(inputs[t], targets[t], signs + (size_t)t * units);
  write_gates(first.own, 0, gates == 1 ? 1 : 2, own);
  if (gates == 3) write_gates(candidate.own, 2, 3, own);
  write_readout(readout, own);
  check(losses, own);
  fresh();
  serve("C", run);
}
