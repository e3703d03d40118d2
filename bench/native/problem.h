// Shared by the programs in C: the problem that bench/groups/libraries.ts writes, the check, and the clock, as in
// bench/python/problem.py.
#include <stdio.h>
#include <time.h>

#include "vectors.h"

static char *text;
static const char *program;

static inline void load_problem(int count, char **arguments) {
  program = arguments[0];
  FILE *file = count == 2 ? fopen(arguments[1], "rb") : NULL;
  if (file == NULL) {
    fprintf(stderr, "%s needs the file of a problem\n", program);
    exit(1);
  }
  fseek(file, 0, SEEK_END);
  const size_t size = ftell(file);
  rewind(file);
  text = malloc(size + 1);
  if (text == NULL || fread(text, 1, size, file) != size) abort();
  text[size] = 0;
  fclose(file);
}

/** Where the value of a key begins. */
static inline char *value_of(const char *key) {
  char quoted[32];
  snprintf(quoted, sizeof quoted, "\"%s\":", key);
  char *at = strstr(text, quoted);
  if (at == NULL) {
    fprintf(stderr, "The problem of %s has no %s.\n", program, key);
    exit(1);
  }
  return at + strlen(quoted);
}

static inline double number(const char *key) { return strtod(value_of(key), NULL); }

static inline int is(const char *key, const char *word) {
  const char *at = value_of(key) + 1;
  return strncmp(at, word, strlen(word)) == 0 && at[strlen(word)] == '"';
}

/** All numbers of an array, or of an array of arrays. */
static inline double *numbers(const char *key, size_t count) {
  double *values = malloc(8 * count);
  if (values == NULL) abort();
  char *at = value_of(key);
  for (size_t i = 0; i < count; i++) {
    while (*at == '[' || *at == ',' || *at == ']') at++;
    values[i] = strtod(at, &at);
  }
  return values;
}

#define SYMBOLS 32
static int units, period, window, gates;
static float rate;
static int *inputs, *targets;
static double *leaves, *expected_losses, *expected_leaves;

/** The numbers of a gate: its w [symbols, units], u [units, units] and b [units]. */
static inline size_t gate_size(void) { return (size_t)units * (SYMBOLS + units + 1); }
/** Those of all gates, which the state depends on. */
static inline size_t own_size(void) { return gates * gate_size(); }

static inline int *integers(const char *key) {
  double *values = numbers(key, period);
  int *made = malloc(period * sizeof *made);
  if (made == NULL) abort();
  for (int t = 0; t < period; t++) made[t] = values[t];
  free(values);
  return made;
}

static inline void read_problem(int count, char **arguments) {
  load_problem(count, arguments);
  units = number("units");
  period = number("period");
  window = number("window");
  rate = number("rate");
  gates = is("cell", "rnn") ? 1 : is("cell", "gru") ? 3 : 4;
  const size_t all = own_size() + (size_t)SYMBOLS * (units + 1);
  inputs = integers("inputs");
  targets = integers("targets");
  leaves = numbers("leaves", all);
  expected_losses = numbers("losses", period);
  expected_leaves = numbers("after", all);
}

/** Ends the program unless the losses of one period, and the changes learnt, are those of the float64 reference. */
static inline void check(const float *losses, const float *own) {
  for (int t = 0; t < period; t++)
    if (!(fabs(losses[t] - expected_losses[t]) <= 2e-4 * fabs(expected_losses[t]))) {
      fprintf(stderr,
              "The program in C has the loss %g in step %d, the float64 reference has %g; they do not compute the same, "
              "so they are not timed.\n",
              losses[t], t, expected_losses[t]);
      exit(1);
    }
  size_t at = 0;
  for (int leaf = 0; leaf < 3 * gates + 2; leaf++) {
    // Of a gate w, u and b, of the readout w and b.
    const size_t of_gate[] = {(size_t)SYMBOLS * units, (size_t)units * units, units}, of_readout[] = {(size_t)SYMBOLS * units, SYMBOLS};
    const size_t size = leaf < 3 * gates ? of_gate[leaf % 3] : of_readout[leaf - 3 * gates];
    double difference = 0, learnt = 0, whole = 0;
    for (const size_t end = at + size; at < end; at++) {
      difference += pow(own[at] - expected_leaves[at], 2);
      learnt += pow(expected_leaves[at] - leaves[at], 2);
      whole += pow(expected_leaves[at], 2);
    }
    if (!(sqrt(difference) <= 1e-2 * sqrt(learnt) + 3e-7 * sqrt(whole))) {
      fprintf(stderr, "The program in C learns another parameter %d than the float64 reference, so it is not timed.\n", leaf);
      exit(1);
    }
  }
}

static inline double cpu_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + 1e-9 * now.tv_nsec;
}

/** Prints the name of the one runner. Then, for each line "name, tab, steps", the µs of CPU per step. */
static inline void serve(const char *name, int (*run)(int steps)) {
  printf("[\"%s, vectors of %d bits\"]\n", name, 32 * WIDTH);
  fflush(stdout);
  char line[256];
  while (fgets(line, sizeof line, stdin) != NULL) {
    const char *tab = strchr(line, '\t');
    if (tab == NULL) continue;
    const double begin = cpu_seconds();
    const int steps = run(atoi(tab + 1));
    printf("%.9g\n", 1e6 * (cpu_seconds() - begin) / steps);
    fflush(stdout);
  }
}
