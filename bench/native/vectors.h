// Vectors as wide as this machine's, and the products of a step with them. A matrix [rows, columns] is stored in
// panels of four vectors: all rows of the first columns, then all rows of the next. A pass over a matrix then reads and
// writes memory in order, with its share of a vector of columns in registers.
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined __AVX512F__
#define WIDTH 16
#elif defined __AVX__
#define WIDTH 8
#else
#define WIDTH 4
#endif
#define PANEL (4 * WIDTH)
#define INLINE static inline __attribute__((always_inline))
// Counting and jumping take up to a fifth of the time of a loop with few products.
#define FOUR_AT_A_TIME _Pragma("GCC unroll 4")

typedef float V __attribute__((vector_size(4 * WIDTH), may_alias));
typedef int32_t I __attribute__((vector_size(4 * WIDTH), may_alias));

INLINE V load(const float *at) { return *(const V *)at; }
INLINE void store(float *at, V v) { *(V *)at = v; }
INLINE V all(float x) { return (V){0} + x; }

static float *floats(size_t count) {
  const size_t bytes = (4 * count + 63) / 64 * 64;
  void *made = aligned_alloc(64, bytes);
  if (made == NULL) abort();
  return memset(made, 0, bytes);
}

INLINE V where(I mask, V a, V b) { return (V)((mask & (I)a) | (~mask & (I)b)); }
INLINE V larger(V a, V b) { return where(a > b, a, b); }

/** e^x, with the polynomial of Cephes. */
INLINE V exp_of(V x) {
  x = where(x > 88.0f, all(88), larger(x, all(-87)));
  // The conversion cuts off, and what it is given is above zero.
  const I power = __builtin_convertvector(x * 1.44269504f + 127.5f, I);
  const V n = __builtin_convertvector(power - 127, V);
  const V f = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  V p = 1.9875691500e-4f * f + 1.3981999507e-3f;
  p = p * f + 8.3334519073e-3f;
  p = p * f + 4.1665795894e-2f;
  p = p * f + 1.6666665459e-1f;
  p = p * f + 5.0000001201e-1f;
  return (p * f * f + f + 1.0f) * (V)(power << 23);
}
INLINE V sigmoid_of(V x) { return 1.0f / (1.0f + exp_of(-x)); }
INLINE V tanh_of(V x) { return 1.0f - 2.0f / (1.0f + exp_of(2.0f * x)); }

#if WIDTH == 16
#define EVERY_OTHER(o) o, 2 + o, 4 + o, 6 + o, 8 + o, 10 + o, 12 + o, 14 + o, 16 + o, 18 + o, 20 + o, 22 + o, 24 + o, 26 + o, 28 + o, 30 + o
#elif WIDTH == 8
#define EVERY_OTHER(o) o, 2 + o, 4 + o, 6 + o, 8 + o, 10 + o, 12 + o, 14 + o
#else
#define EVERY_OTHER(o) o, 2 + o, 4 + o, 6 + o
#endif
#ifdef __clang__
#define PICK(a, b, o) __builtin_shufflevector(a, b, EVERY_OTHER(o))
#else
#define PICK(a, b, o) __builtin_shuffle(a, b, (I){EVERY_OTHER(o)})
#endif

/** The sums of WIDTH vectors, as a vector: neighbours are added until one number of each is left. */
INLINE V sums(V *v) {
  for (int left = WIDTH; left > 1; left /= 2)
    for (int i = 0; i < left / 2; i++) v[i] = PICK(v[2 * i], v[2 * i + 1], 0) + PICK(v[2 * i], v[2 * i + 1], 1);
  return v[0];
}
INLINE float sum(V v) {
  float total = 0;
  for (int i = 0; i < WIDTH; i++) total += v[i];
  return total;
}
INLINE float dot(const float *a, const float *b, int count) {
  V s0 = all(0), s1 = all(0);
  int i = 0;
  for (; i + 2 * WIDTH <= count; i += 2 * WIDTH) {
    s0 += load(a + i) * load(b + i);
    s1 += load(a + i + WIDTH) * load(b + i + WIDTH);
  }
  for (; i < count; i += WIDTH) s0 += load(a + i) * load(b + i);
  return sum(s0 + s1);
}

/** y[k] += z[k] m for `count` vectors z, of which each has one number for each row. count is 1 or 2. */
INLINE void add_rows(float *const *y, const float *m, const float *const *z, int count, int rows, int columns, int stride) {
  // A sum waits for itself, so there are eight of them: of a single vector those of the even and of the odd rows.
  for (int p = 0; p < columns; p += PANEL, m += (size_t)stride * PANEL) {
    V sums[2][4];
    for (int k = 0; k < 2; k++)
      for (int c = 0; c < 4; c++) sums[k][c] = k < count ? load(y[k] + p + c * WIDTH) : all(0);
    const int step = 3 - count;
    const float *row = m;
    FOUR_AT_A_TIME
    for (int j = 0; j < rows; j += step, row += step * PANEL)
      for (int k = 0; k < 2; k++) {
        const float x = count == 2 ? z[k][j] : z[0][j + k];
        const float *own = count == 2 ? row : row + k * PANEL;
        for (int c = 0; c < 4; c++) sums[k][c] += x * load(own + c * WIDTH);
      }
    for (int c = 0; c < 4; c++)
      if (count == 2)
        for (int k = 0; k < 2; k++) store(y[k] + p + c * WIDTH, sums[k][c]);
      else
        store(y[0] + p + c * WIDTH, sums[0][c] + sums[1][c]);
  }
}

/** y[k] = m v[k] for `count` vectors, of which each has one number for each column. */
INLINE void dot_rows(float *const *y, const float *m, const float *const *v, int count, int rows, int columns, int stride) {
  for (int p = 0; p < columns; p += PANEL, m += (size_t)stride * PANEL)
    for (int k = 0; k < count; k++) {
      const V v0 = load(v[k] + p), v1 = load(v[k] + p + WIDTH), v2 = load(v[k] + p + 2 * WIDTH), v3 = load(v[k] + p + 3 * WIDTH);
      for (int j = 0; j < rows; j += WIDTH) {
        V parts[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
          const float *row = m + (j + i) * PANEL;
          parts[i] = load(row) * v0 + load(row + WIDTH) * v1 + load(row + 2 * WIDTH) * v2 + load(row + 3 * WIDTH) * v3;
        }
        V total = sums(parts);
        if (p > 0) total += load(y[k] + j);
        store(y[k] + j, total);
      }
    }
}
