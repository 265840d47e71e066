// Package data provides data sets and the batches that training takes from
// them.
//
// A Set holds named arrays in memory. New makes one of a program's own values,
// Load reads folders of IDX files such as MNIST, Digits draws a set that needs
// no files, and Fetcher downloads the named sets once. Batches cuts a set into
// minibatches, shuffled anew each epoch, and binarises pictures on the way.
// WriteGrid shows pictures as a PNG file.
//
// Whatever is random depends on a seed given by the caller and on the position
// of what is drawn (epoch, row, pixel), never on a clock, on the number of
// processors or on how the work is split.
//
// Files: array.go, set.go, batch.go and binarize.go are the data in memory, with
// check.go for arguments that are nil; idx.go and load.go read files; source.go,
// fetch.go and download.go get them; digits.go, hand.go and glyph.go draw digits,
// and grid.go writes pictures.
//
// See the examples New, Batches, Digits and Load, in example_test.go.
package data
