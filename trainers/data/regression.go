package data

import (
	"bufio"
	"io"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/mark"
)

// Regression is a set for regression with divisions into training and test rows
// that others have used, so that results can be compared.
type Regression struct {
	X     [][]float64 // inputs, a row a datum
	Y     []float64   // targets
	Tests [][]int     // the test rows of each division; all others train
}

// Standardised is a division of a Regression with arrays "x" and "y" of mean 0
// and standard deviation 1 over the training rows; a column that does not vary
// there is left at 0. A target is Mean + Std·y, a root mean square error of y is
// to be multiplied by Std, and log Std is subtracted from a log density.
type Standardised struct {
	Sets
	Mean, Std float64 // of the training targets
}

// uci lists the regression sets by their short name: the folder, and the number of
// features, behind which the target stands.
var uci = map[string]struct {
	folder   string
	features int
}{
	"boston":   {"bostonHousing", 13},
	"concrete": {"concrete", 8},
	"energy":   {"energy", 8},
	"kin8nm":   {"kin8nm", 8},
	"naval":    {"naval-propulsion-plant", 16},
	"power":    {"power-plant", 4},
	"protein":  {"protein-tertiary-structure", 9},
	"wine":     {"wine-quality-red", 11},
	"yacht":    {"yacht", 6},
}

// LoadUCI reads one of nine regression sets of the UCI repository as Hernández-Lobato
// and Adams (arXiv 1502.05336) divided them: boston, concrete, energy, kin8nm, naval,
// power, protein, wine or yacht. dir/FOLDER, such as dir/bostonHousing, has
//
//   - data.txt: decimal numbers separated by white space, a row a line, and perhaps
//     empty lines;
//   - test-splits.txt: the numbers, from 0, of the test rows of one division a line;
//
// each plain or with the suffix .gz. errors.Is finds fs.ErrNotExist in the error of a
// file that is not there, ErrWrongFile in that of one that is not as it should be.
func LoadUCI(dir, name string) (*Regression, error) {
	set, ok := uci[name]
	if !ok {
		return nil, errors.Errorf("data: no regression set %q, want one of %s", name, strings.Join(slices.Sorted(maps.Keys(uci)), ", "))
	}
	r, err := loadRegression(filepath.Join(dir, set.folder), set.features)
	return r, errors.WithMessagef(err, "data: load %s", name)
}

func loadRegression(dir string, features int) (*Regression, error) {
	rows, err := readNumbers(filepath.Join(dir, "data.txt"))
	if err != nil {
		return nil, err
	}
	r := &Regression{}
	for i, row := range rows {
		if len(row) <= features || len(row) != len(rows[0]) {
			return nil, mark.Error(errors.Errorf("row %d of data.txt has %d numbers, want %d and as many in every row", i, len(row), max(features+1, len(rows[0]))), ErrWrongFile)
		}
		r.X, r.Y = append(r.X, row[:features]), append(r.Y, row[features])
	}
	splits, err := readNumbers(filepath.Join(dir, "test-splits.txt"))
	if err != nil {
		return nil, err
	}
	for i, line := range splits {
		var test []int
		for _, v := range line {
			if v != math.Trunc(v) || v < 0 || v >= float64(len(rows)) || slices.Contains(test, int(v)) {
				return nil, mark.Error(errors.Errorf("division %d of test-splits.txt has %v, want each of some rows from 0 to %d once", i, v, len(rows)-1), ErrWrongFile)
			}
			test = append(test, int(v))
		}
		if len(test) == len(rows) {
			return nil, mark.Error(errors.Errorf("division %d of test-splits.txt leaves no row to train with", i), ErrWrongFile)
		}
		r.Tests = append(r.Tests, test)
	}
	return r, nil
}

// readNumbers reads the lines of a file of numbers, plain or compressed.
func readNumbers(path string) ([][]float64, error) { return readPacked(path, "folder", parseNumbers) }

func parseNumbers(r io.Reader) (rows [][]float64, err error) {
	rest := &io.LimitedReader{R: r, N: DefaultMaxBytes}
	lines := bufio.NewScanner(rest)
	lines.Buffer(nil, 1<<20)
	for line := 1; lines.Scan(); line++ {
		var row []float64
		for _, field := range strings.Fields(lines.Text()) {
			v, err := strconv.ParseFloat(field, 64)
			if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, errors.Errorf("line %d has %.20q, want a finite number", line, field)
			}
			row = append(row, v)
		}
		if row != nil {
			rows = append(rows, row)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, errors.Wrapf(err, "after row %d", len(rows))
	}
	switch {
	case rest.N == 0:
		return nil, errors.Errorf("more than %d bytes", int(DefaultMaxBytes))
	case len(rows) == 0:
		return nil, errors.New("no numbers")
	}
	return rows, nil
}

// Split returns a division, from 0, standardised.
func (r *Regression) Split(i int) (Standardised, error) {
	var out Standardised
	switch {
	case r == nil || len(r.X) == 0 || len(r.X) != len(r.Y):
		return out, errors.New("data: split of a Regression without rows, or without a target for each")
	case i < 0 || i >= len(r.Tests):
		return out, errors.Errorf("data: division %d of a set that has %d", i, len(r.Tests))
	}
	test := make([]bool, len(r.X))
	for _, row := range r.Tests[i] {
		if row < 0 || row >= len(test) {
			return out, errors.Errorf("data: division %d has row %d of %d", i, row, len(test))
		}
		test[row] = true
	}
	d := len(r.X[0])
	var parts [2][]float64 // rows of inputs and the target, to train and to test
	for row, x := range r.X {
		if len(x) != d {
			return out, errors.Errorf("data: row %d of a Regression has %d inputs, row 0 has %d", row, len(x), d)
		}
		to := &parts[0]
		if test[row] {
			to = &parts[1]
		}
		*to = append(append(*to, x...), r.Y[row])
	}
	for j := range d + 1 {
		mean, std := standardise(parts[0], parts[1], j, d+1)
		if j == d {
			out.Mean, out.Std = mean, std
		}
	}
	if out.Std == 0 {
		return out, errors.Errorf("data: the training targets of division %d are all the same", i)
	}
	var err error
	if out.Train, err = inputsAndTargets(parts[0], d); err != nil {
		return out, errors.WithMessage(err, "training rows")
	}
	if out.Test, err = inputsAndTargets(parts[1], d); err != nil {
		return out, errors.WithMessage(err, "test rows")
	}
	return out, nil
}

// standardise takes a column of the training rows to mean 0 and standard deviation
// 1, and the same column of the test rows with it. It returns what they were, a
// standard deviation of 0 where the column does not vary and becomes 0.
func standardise(train, test []float64, column, width int) (mean, std float64) {
	n := float64(len(train) / width)
	for k := column; k < len(train); k += width {
		mean += train[k] / n
	}
	for k := column; k < len(train); k += width {
		std += (train[k] - mean) * (train[k] - mean) / n
	}
	if std = math.Sqrt(std); std <= 1e-12*math.Abs(mean) {
		std = 0
	}
	for _, part := range [][]float64{train, test} {
		for k := column; k < len(part); k += width {
			if std == 0 {
				part[k] = 0
			} else {
				part[k] = (part[k] - mean) / std
			}
		}
	}
	return mean, std
}

func inputsAndTargets(rows []float64, d int) (*Set, error) {
	var x, y []float64
	for ; len(rows) > 0; rows = rows[d+1:] {
		x, y = append(x, rows[:d]...), append(y, rows[d])
	}
	return New(FromFlat("x", x, d), FromFlat("y", y, 1))
}
