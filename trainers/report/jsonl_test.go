package report

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// lines opens a log and writes some steps.
func lines(t *testing.T, path string, from, to int) *JSONL {
	t.Helper()
	j, err := OpenJSONL(path)
	if err != nil {
		t.Fatal(err)
	}
	for step := from; step <= to; step++ {
		if err := j.Scalars(step, map[string]float64{"train/bound": -100 / float64(step), "a": float64(step)}); err != nil {
			t.Fatal(err)
		}
	}
	return j
}

// Numbers of every kind are read as they were written, and the text is JSON.
func TestJSONLRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	j := lines(t, path, 1, 0)
	want := map[string]float64{
		"third": 1. / 3, "zero": math.Copysign(0, -1), "least": math.SmallestNonzeroFloat64, "most": math.MaxFloat64,
		"up": math.Inf(1), "down": math.Inf(-1), "nan": math.NaN(), `a "quoted" <name> größer`: 1e21,
	}
	for _, err := range []error{j.Scalars(0, want), j.Scalars(7, nil), j.Close(), j.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"step":0,"a \"quoted\" \u003cname\u003e größer":1e+21,"down":"-Infinity","least":5e-324,"most":1.7976931348623157e+308,"nan":"NaN","third":0.3333333333333333,"up":"Infinity","zero":-0}
{"step":7}
`; string(text) != want {
		t.Errorf("text %s, want %s", text, want)
	}
	var steps []int
	err = ReadJSONL(path, func(step int, got map[string]float64) error {
		steps = append(steps, step)
		if step == 0 && !maps.EqualFunc(got, want, func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }) {
			t.Errorf("read %v, want %v", got, want)
		}
		return nil
	})
	if err != nil || fmt.Sprint(steps) != "[0 7]" {
		t.Errorf("steps %v, error %v", steps, err)
	}
}

// A log that is cut anywhere, or has zeros at its end, goes on behind its last
// whole line, and one that is taken back to a step behind that.
func TestJSONLCutAnywhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	lines(t, path, 1, 4).Close()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range text {
		if n%3 != 0 && os.Getenv("LATENT_SWEEP") == "" { // a file for each takes its time
			continue
		}
		for _, zeros := range []int{0, 9} {
			if err := os.WriteFile(path, append(text[:n:n], make([]byte, zeros)...), 0o600); err != nil {
				t.Fatal(err)
			}
			whole := bytes.Count(text[:n], []byte("\n"))
			read := 0
			err := ReadJSONL(path, func(int, map[string]float64) error { read++; return nil })
			if clean := zeros == 0 && (n == 0 || text[n-1] == '\n'); read != whole || clean != (err == nil) || !clean && !errors.Is(err, ErrCut) {
				t.Errorf("cut at %d with %d zeros: %d lines, want %d, error %v", n, zeros, read, whole, err)
			}
			lines(t, path, whole+1, 4).Close()
			if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, text) {
				t.Errorf("cut at %d with %d zeros: %s, error %v", n, zeros, got, err)
			}
		}
	}
	for step := range 6 {
		j := lines(t, path, 5, 4)
		for _, err := range []error{j.Rewind(step), j.Sync(), j.Close()} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.HasPrefix(text, got) || bytes.Count(got, []byte("\n")) != min(step, 4) {
			t.Errorf("back to step %d: %s, error %v", step, got, err)
		}
		lines(t, path, step+1, 4).Close()
	}
	// A last line that is whole and wrong is what a machine leaves that went down.
	if err := os.WriteFile(path, append(bytes.Clone(text[:len(text)-4]), "\x00\x00}\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	lines(t, path, 4, 4).Close()
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, text) {
		t.Errorf("after zeros in the last line: %s, error %v", got, err)
	}
}

func TestJSONLErrors(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "log")
	for text, want := range map[string]string{
		"text\n{\"step\":1}\n":                       "line 1: JSON: ",
		"{\"step\":1}\n[]\n{\"step\":2}\n":           "line 2: JSON: ",
		"{\"a\":1}\n{\"step\":1}\n":                  "line 1: no step",
		"{\"step\":1.5}\n{\"step\":1}\n":             "line 1: the step 1.5, want an integer, 0 or more",
		"{\"step\":-1}\n{\"step\":1}\n":              "line 1: the step -1, want",
		"{\"step\":1,\"a\":null}\n{\"step\":1}\n":    `line 1: "a": null, want a number`,
		"{\"step\":1,\"a\":\"nan\"}\n{\"step\":1}\n": `line 1: "a": JSON: `,
		"{\"step\":1,\"\xff\":1}\n{\"step\":1}\n":    "line 1: not UTF-8",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := ReadJSONL(path, func(int, map[string]float64) error { return nil })
		if err == nil || !strings.HasPrefix(err.Error(), "report: "+path+": "+want) {
			t.Errorf("%s: error %v, want %s", text, err, want)
		}
		if _, err := OpenJSONL(path); err == nil || !strings.HasPrefix(err.Error(), "report: open: "+path+": "+want) {
			t.Errorf("%s: error %v, want %s", text, err, want)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("%s: the file changed", text)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	j := lines(t, path, 1, 1)
	defer j.Close()
	for want, err := range map[string]error{
		"report: step -1, want 0 or more":                         j.Scalars(-1, nil),
		`report: step 1: the name "step", which is the step's or`: j.Scalars(1, map[string]float64{"step": 1}),
		`report: step 1: the name "\xff", which is the step's or`: j.Scalars(1, map[string]float64{"\xff": 1}),
		"report: the JSONL is not open: use OpenJSONL":            new(JSONL).Scalars(1, nil),
		"report: no function to tell":                             ReadJSONL(path, nil),
		"report: open " + filepath.Join(dir, "none"):              ReadJSONL(filepath.Join(dir, "none"), func(int, map[string]float64) error { return nil }),
		"report: " + path + ": " + fs.ErrClosed.Error():           ReadJSONL(path, func(int, map[string]float64) error { return fs.ErrClosed }),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	if text, err := os.ReadFile(path); err != nil || strings.Count(string(text), "\n") != 1 {
		t.Errorf("what was refused is in the file: %s", text)
	}
}

// Whatever bytes a file holds, reading it ends, and what was read of it is read
// again from the whole lines alone, and as it is written.
func FuzzJSONL(f *testing.F) {
	f.Add([]byte("{\"step\":1,\"a\":-1e-3,\"b\":\"NaN\"}\n{\"step\":2,\"c\":\"-Infinity\"}\n"))
	f.Add([]byte("{\"step\":1}\n{\"st"))
	f.Add([]byte("{\"step\":1}\n\x00\x00\x00"))
	f.Add([]byte("{\"step\":01,\"a\":{}}\n\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		read := func(b []byte) (int64, string, error) {
			var all strings.Builder
			end, err := scan(bytes.NewReader(b), func(step int, values map[string]float64) error {
				fmt.Fprintln(&all, step, values)
				return nil
			})
			return end, all.String(), err
		}
		end, all, err := read(b)
		if end > int64(len(b)) || err == nil && end != int64(len(b)) {
			t.Fatalf("%d bytes of %d, error %v", end, len(b), err)
		}
		if n, again, err := read(b[:end]); n != end || again != all || err != nil {
			t.Fatalf("read %s, then %s, error %v", all, again, err)
		}
	})
}
