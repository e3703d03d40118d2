// The product with the Jacobian of the state that dense RTRL takes in each step, and nothing else of it: G ← J G, with G
// [state, parameters] and J [state, state], for all the parameters that the state depends on. A parameter's influence is
// contiguous, so it is [6208, 64]·[64, 64] for an RNN of 64 units, [18624, 64]·[64, 64] for a GRU and
// [24832, 128]·[128, 128] for an LSTM, whose state is twice as large. (Half of the LSTM's J is diagonal; neither norewind
// nor JAX makes use of that.)
#include "problem.h"

// Sums of a tile of rows and a panel of columns stay in registers.
#if WIDTH == 16
#define TILE 6
#else
#define TILE 3
#endif

// Rows for which a panel of the Jacobian stays in the first cache.
#define BLOCK (8 * TILE)

static int state;
static size_t parameters;
/** The transposed Jacobian in panels; the influence before and after. */
static float *jacobian, *before, *after;

INLINE void tile(const float *g, float *to, const float *m, int count) {
  V sums[TILE][4];
  for (int k = 0; k < count; k++)
    for (int i = 0; i < 4; i++) sums[k][i] = all(0);
  FOUR_AT_A_TIME
  for (int j = 0; j < state; j++)
    for (int i = 0; i < 4; i++) {
      const V own = load(m + j * PANEL + i * WIDTH);
      for (int k = 0; k < count; k++) sums[k][i] += g[k * state + j] * own;
    }
  for (int k = 0; k < count; k++)
    for (int i = 0; i < 4; i++) store(to + (size_t)k * state + i * WIDTH, sums[k][i]);
}

static void multiply(void) {
  for (size_t block = 0; block < parameters; block += BLOCK) {
    const size_t end = block + BLOCK < parameters ? block + BLOCK : parameters;
    for (int p = 0; p < state; p += PANEL) {
      const float *const m = jacobian + (size_t)p * state;
      size_t at = block;
      for (; at + TILE <= end; at += TILE) tile(before + at * state, after + at * state + p, m, TILE);
      for (; at < end; at++) tile(before + at * state, after + at * state + p, m, 1);
    }
  }
}

static int run(int steps) {
  for (int t = 0; t < steps; t++) multiply();
  return steps;
}

int main(int count, char **arguments) {
  read_problem(count, arguments);
  state = gates == 4 ? 2 * units : units;
  parameters = own_size();
  jacobian = floats((size_t)state * state);
  before = floats(parameters * state);
  after = floats(parameters * state);
  // Numbers as good as any others: initial weights.
  for (int j = 0; j < state; j++)
    for (int i = 0; i < state; i++) jacobian[((size_t)(i / PANEL) * state + j) * PANEL + i % PANEL] = leaves[(size_t)j * state + i];
  for (size_t at = 0; at < parameters; at++)
    for (int j = 0; j < state; j++) before[at * state + j] = leaves[(at + 101 * j) % parameters];
  multiply();
  double difference = 0, size = 0;
  for (size_t at = 0; at < parameters; at++)
    for (int i = 0; i < state; i++) {
      double expected = 0;
      for (int j = 0; j < state; j++) expected += before[at * state + j] * leaves[(size_t)j * state + i];
      difference += pow(after[at * state + i] - expected, 2);
      size += pow(expected, 2);
    }
  if (!(sqrt(difference) <= 1e-5 * sqrt(size))) {
    fprintf(stderr, "The product in C is not that in float64, so it is not timed.\n");
    return 1;
  }
  serve("sgemm alone, in C", run);
}
