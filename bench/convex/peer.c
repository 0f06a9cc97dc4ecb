/*
 * The peer in C: stochastic steps of ALRIGHT and MAXRIGHT on a log-linear pair, minibatch of one, with the samples and
 * coins of this toolkit (Mersenne Twister, init_by_array), projection onto the ball and the running average.
 *
 *   peer PROBLEM SCHEDULE(alright|maxright) STEPS SEEDS LAMBDA...
 *
 * PROBLEM is a binary file of little-endian doubles: d, SFT examples, rows an example, DPO examples, beta, radius,
 * step size, period, f_DPO*, f_SFT*, then the SFT differences, the DPO differences, theta_ref and the start.
 * Runs every seed 0 ... SEEDS - 1 at every lambda, one by one, and prints JSON: seconds for all runs, by the clock and of the processor (after a shorter
 * one that warms caches), and the last point of the last run.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WORDS 624
#define SHIFT 397

typedef struct {
  uint32_t state[WORDS];
  int next;
} Stream;

static void seed_stream(Stream *stream, uint32_t seed, const char *purpose) {
  uint32_t key[64];
  int length = 0;
  key[length++] = seed;
  key[length++] = 0;
  for (const char *c = purpose; *c != 0; c++) key[length++] = (unsigned char)*c;
  uint32_t *s = stream->state;
  s[0] = 19650218u;
  for (int i = 1; i < WORDS; i++) s[i] = 1812433253u * (s[i - 1] ^ (s[i - 1] >> 30)) + (uint32_t)i;
  int i = 1, j = 0;
  for (int k = WORDS; k > 0; k--) {
    s[i] = (s[i] ^ ((s[i - 1] ^ (s[i - 1] >> 30)) * 1664525u)) + key[j] + (uint32_t)j;
    if (++i >= WORDS) s[0] = s[WORDS - 1], i = 1;
    if (++j >= length) j = 0;
  }
  for (int k = WORDS - 1; k > 0; k--) {
    s[i] = (s[i] ^ ((s[i - 1] ^ (s[i - 1] >> 30)) * 1566083941u)) - (uint32_t)i;
    if (++i >= WORDS) s[0] = s[WORDS - 1], i = 1;
  }
  s[0] = 0x80000000u;
  stream->next = WORDS;
}

static void twist(uint32_t *s) {
  int i = 0;
  for (; i < WORDS - SHIFT; i++) {
    uint32_t w = (s[i] & 0x80000000u) | (s[i + 1] & 0x7fffffffu);
    s[i] = s[i + SHIFT] ^ (w >> 1) ^ (-(w & 1u) & 0x9908b0dfu);
  }
  for (; i < WORDS - 1; i++) {
    uint32_t w = (s[i] & 0x80000000u) | (s[i + 1] & 0x7fffffffu);
    s[i] = s[i + SHIFT - WORDS] ^ (w >> 1) ^ (-(w & 1u) & 0x9908b0dfu);
  }
  uint32_t w = (s[i] & 0x80000000u) | (s[0] & 0x7fffffffu);
  s[i] = s[SHIFT - 1] ^ (w >> 1) ^ (-(w & 1u) & 0x9908b0dfu);
}

static inline uint32_t word(Stream *stream) {
  if (stream->next >= WORDS) {
    twist(stream->state);
    stream->next = 0;
  }
  uint32_t y = stream->state[stream->next++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

static inline double uniform(Stream *stream) {
  uint32_t high = word(stream) >> 5, low = word(stream) >> 6;
  return (high * 67108864.0 + low) * 0x1p-53;
}

typedef struct {
  long dimension, sft_count, rows, dpo_count, period;
  double beta, radius, step_size, best_dpo, best_sft;
  const double *sft, *dpo, *shift, *start;
} Problem;

static double dot(const double *restrict a, const double *restrict b, long n) {
  double sum = 0;
  for (long i = 0; i < n; i++) sum += a[i] * b[i];
  return sum;
}

/* Writes the probabilities of an example's other candidates; -log pi(target) is largest + log(powers), for who asks. */
static void sft_probabilities(const Problem *p, long n, const double *restrict theta, double *restrict probability,
                              double *restrict largest, double *restrict powers) {
  const double *rows = p->sft + n * p->rows * p->dimension;
  double most = 0;
  for (long k = 0; k < p->rows; k++) {
    probability[k] = dot(theta, rows + k * p->dimension, p->dimension);
    if (probability[k] > most) most = probability[k];
  }
  double sum = exp(-most);
  for (long k = 0; k < p->rows; k++) {
    probability[k] = exp(probability[k] - most);
    sum += probability[k];
  }
  for (long k = 0; k < p->rows; k++) probability[k] /= sum;
  *largest = most;
  *powers = sum;
}

static double dpo_margin(const Problem *p, long n, const double *restrict theta) {
  return p->beta * (dot(theta, p->dpo + n * p->dimension, p->dimension) - p->shift[n]);
}

static double softplus(double x) { return fmax(x, 0) + log1p(exp(-fabs(x))); }

/* The sum of the points so far, and the projected step theta -= scale_k row_k. */
static void step(const Problem *p, const double *restrict rows, const double *restrict scale, long count,
                 double *restrict theta, double *restrict sum) {
  long d = p->dimension;
  for (long i = 0; i < d; i++) sum[i] += theta[i];
  for (long k = 0; k < count; k++) {
    const double *restrict row = rows + k * d;
    for (long i = 0; i < d; i++) theta[i] -= scale[k] * row[i];
  }
  double norm = sqrt(dot(theta, theta, d));
  if (norm > p->radius) {
    for (long i = 0; i < d; i++) theta[i] *= p->radius / norm;
  }
}

static void run(const Problem *p, int maxright, long steps, uint32_t seed, double lambda, double *theta, double *sum,
                double *scale) {
  Stream dpo_sample, sft_sample, choice;
  seed_stream(&dpo_sample, seed, "dpo-sample");
  seed_stream(&sft_sample, seed, "sft-sample");
  seed_stream(&choice, seed, "choice");
  long d = p->dimension;
  memcpy(theta, p->start, d * sizeof *theta);
  memset(sum, 0, d * sizeof *sum);
  double gap_dpo = 0, gap_sft = 0, alpha = p->step_size;
  for (long t = 1; t <= steps; t++) {
    long n_dpo = (long)(uniform(&dpo_sample) * p->dpo_count);
    long n_sft = (long)(uniform(&sft_sample) * p->sft_count);
    int on_dpo, known = 0;
    double margin = 0, largest = 0, powers = 1;
    if (maxright) {
      if ((t - 1) % p->period == 0) {
        margin = dpo_margin(p, n_dpo, theta);
        gap_dpo = lambda * (softplus(-margin) - p->best_dpo);
        sft_probabilities(p, n_sft, theta, scale, &largest, &powers);
        gap_sft = (1 - lambda) * (largest + log(powers) - p->best_sft);
        known = 1;
      }
      on_dpo = gap_dpo > gap_sft;
    } else {
      on_dpo = uniform(&choice) < lambda;
    }
    if (on_dpo) {
      if (!known) {
        margin = dpo_margin(p, n_dpo, theta);
        if (maxright) gap_dpo = lambda * (softplus(-margin) - p->best_dpo);
      }
      scale[0] = -alpha * p->beta / (1 + exp(margin));
      step(p, p->dpo + n_dpo * d, scale, 1, theta, sum);
    } else {
      if (!known) {
        sft_probabilities(p, n_sft, theta, scale, &largest, &powers);
        if (maxright) gap_sft = (1 - lambda) * (largest + log(powers) - p->best_sft);
      }
      for (long k = 0; k < p->rows; k++) scale[k] *= alpha;
      step(p, p->sft + n_sft * p->rows * d, scale, p->rows, theta, sum);
    }
  }
}

static double now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc < 6) return 2;
  FILE *file = fopen(argv[1], "rb");
  double header[10];
  if (file == NULL || fread(header, sizeof(double), 10, file) != 10) return 2;
  Problem p = {.dimension = (long)header[0], .sft_count = (long)header[1], .rows = (long)header[2],
               .dpo_count = (long)header[3], .beta = header[4], .radius = header[5], .step_size = header[6],
               .period = (long)header[7], .best_dpo = header[8], .best_sft = header[9]};
  long d = p.dimension;
  long rows = p.sft_count * p.rows + p.dpo_count + 2;
  double *data = aligned_alloc(64, (size_t)(rows * d * sizeof(double) + 63) / 64 * 64);
  if (data == NULL || fread(data, sizeof(double), (size_t)(rows * d), file) != (size_t)(rows * d)) return 2;
  fclose(file);
  p.sft = data;
  p.dpo = p.sft + p.sft_count * p.rows * d;
  p.start = p.dpo + (p.dpo_count + 1) * d;
  double *shift = malloc((size_t)p.dpo_count * sizeof *shift);
  for (long n = 0; n < p.dpo_count; n++) shift[n] = dot(p.dpo + n * d, p.dpo + p.dpo_count * d, d);
  p.shift = shift;

  int maxright = strcmp(argv[2], "maxright") == 0;
  long steps = atol(argv[3]), seeds = atol(argv[4]);
  double *theta = aligned_alloc(64, (size_t)(d * sizeof(double) + 63) / 64 * 64);
  double *sum = aligned_alloc(64, (size_t)(d * sizeof(double) + 63) / 64 * 64);
  double *scale = malloc((size_t)(p.rows + 1) * sizeof *scale);
  run(&p, maxright, steps / 10, 0, atof(argv[5]), theta, sum, scale);
  double started = now(CLOCK_MONOTONIC), busy = now(CLOCK_PROCESS_CPUTIME_ID);
  for (long seed = 0; seed < seeds; seed++)
    for (int l = 5; l < argc; l++) run(&p, maxright, steps, (uint32_t)seed, atof(argv[l]), theta, sum, scale);
  double seconds = now(CLOCK_MONOTONIC) - started, processor = now(CLOCK_PROCESS_CPUTIME_ID) - busy;
  printf("{\"seconds\":%.9g,\"processorSeconds\":%.9g,\"point\":[", seconds, processor);
  for (long i = 0; i < d; i++) printf("%s%.17g", i == 0 ? "" : ",", theta[i]);
  printf("]}\n");
  return 0;
}
