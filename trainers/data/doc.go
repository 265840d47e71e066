// Package data provides data sets and the batches that training takes from
// them.
//
//   - array.go, set.go: a Set, named arrays in memory with rows of any shape, and
//     its parts; stratified.go: parts with as many rows of each class;
//   - batches.go: Batches, what trainers.Fit takes; minibatch.go: those of a Set,
//     shuffled anew each epoch; join.go: Join, several sets in one step;
//   - transform.go: what is done to a row on its way into a batch: Binarize, and
//     functions of one's own;
//   - digits.go, hand.go, glyph.go: Digits, a set that needs no files;
//   - load.go, idx.go: Load reads folders of IDX files such as MNIST; packed.go: files
//     that may be compressed;
//   - regression.go: LoadUCI reads regression sets with the divisions of published
//     tables; corpus.go: LoadCorpus reads documents as counts of words;
//   - source.go, fetch.go, download.go: Open and Fetcher download the known sets,
//     once;
//   - grid.go: WriteGrid shows pictures as a PNG file; check.go: arguments that
//     are nil.
//
// Whatever is random depends on a seed given by the caller and on the position
// of what is drawn (epoch, row, pixel), never on a clock, on the number of
// processors or on how the work is split.
//
// See the examples New, Set.Batches, Transform, Join, Digits, Load and Regression, in
// example_test.go.
package data
