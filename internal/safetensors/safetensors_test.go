package safetensors_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/latentgo/latent/internal/safetensors"
	"pgregory.net/rapid"
)

type (
	tensor = safetensors.Tensor
	file   = safetensors.File
)

// golden is the content of testdata/golden.safetensors, which the reference
// implementation wrote (internal/ref/safetensors/golden.py).
var golden = file{
	Tensors: []tensor{
		{Name: `odd "name" <é>`, Dtype: "F64", Shape: []int{2}, F64: []float64{1e300, -1e-310}},
		{Name: "scalar", Dtype: "F64", Shape: []int{}, F64: []float64{math.Pi}},
		{Name: "empty", Dtype: "F32", Shape: []int{0, 4}, F32: []float32{}},
		{Name: "enc.b", Dtype: "F32", Shape: []int{1}, F32: []float32{0.1}},
		{Name: "enc.w", Dtype: "F32", Shape: []int{2, 3}, F32: []float32{
			1, -2.5, 3e-40, float32(math.Inf(1)), float32(math.Copysign(0, -1)), 65504}},
	},
	Metadata: map[string]string{"note": "a <b> & c"},
}

func encode(t interface{ Fatal(...any) }, f file) []byte {
	var b bytes.Buffer
	if err := safetensors.Write(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func decode(b []byte) (file, error) {
	return safetensors.Read(bytes.NewReader(b), int64(len(b)))
}

func TestGolden(t *testing.T) {
	path := filepath.Join("testdata", "golden.safetensors")
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(golden, f); d != "" {
		t.Errorf("read, want - got +:\n%s", d)
	}
	shuffled := file{Metadata: golden.Metadata}
	for _, i := range []int{3, 0, 4, 2, 1} {
		shuffled.Tensors = append(shuffled.Tensors, golden.Tensors[i])
	}
	if got := encode(t, shuffled); !bytes.Equal(got, want) {
		t.Errorf("wrote\n%q\nthe reference implementation writes\n%q", got, want)
	}
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.String().Filter(func(s string) bool {
			return s != "__metadata__"
		}), 0, 5, rapid.ID).Draw(t, "names")
		f := file{Metadata: rapid.MapOfN(rapid.String(), rapid.String(), 0, 3).Draw(t, "metadata")}
		bits := map[string][]uint64{}
		for _, name := range names {
			x := tensor{Name: name, Dtype: "F32", Shape: rapid.SliceOfN(rapid.IntRange(0, 4), 0, 4).Draw(t, "shape")}
			n := 1
			for _, d := range x.Shape {
				n *= d
			}
			if rapid.Bool().Draw(t, "wide") {
				x.Dtype = "F64"
			}
			for range n {
				v := rapid.Uint64().Draw(t, "bits") // NaN payloads must survive too
				if x.Dtype == "F64" {
					x.F64 = append(x.F64, math.Float64frombits(v))
				} else {
					v &= math.MaxUint32
					x.F32 = append(x.F32, math.Float32frombits(uint32(v)))
				}
				bits[name] = append(bits[name], v)
			}
			f.Tensors = append(f.Tensors, x)
		}
		b := encode(t, f)
		if n := binary.LittleEndian.Uint64(b); n%8 != 0 {
			t.Fatalf("header of %d bytes", n)
		}
		got, err := decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(encode(t, got), b) {
			t.Fatal("writing what was read gives other bytes")
		}
		if len(got.Tensors) != len(names) || len(got.Metadata) != len(f.Metadata) {
			t.Fatalf("read %d tensors and %d notes, want %d and %d", len(got.Tensors), len(got.Metadata), len(names), len(f.Metadata))
		}
		for k, v := range f.Metadata {
			if got.Metadata[k] != v {
				t.Fatalf("metadata %q is %q, want %q", k, got.Metadata[k], v)
			}
		}
		for _, x := range got.Tensors {
			var have []uint64
			for _, v := range x.F32 {
				have = append(have, uint64(math.Float32bits(v)))
			}
			for _, v := range x.F64 {
				have = append(have, math.Float64bits(v))
			}
			if d := cmp.Diff(bits[x.Name], have); d != "" {
				t.Fatalf("tensor %q, want - got +:\n%s", x.Name, d)
			}
		}
	})
}

func TestWriteErrors(t *testing.T) {
	one := []float32{1}
	for _, tt := range []struct {
		name, want string
		file       file
	}{
		{"dtype", `safetensors: tensor "a": dtype "F16", want F32 or F64`,
			file{Tensors: []tensor{{Name: "a", Dtype: "F16", F32: one}}}},
		{"negative size", `safetensors: tensor "a": shape [-1] has a negative size`,
			file{Tensors: []tensor{{Name: "a", Dtype: "F32", Shape: []int{-1}, F32: one}}}},
		{"overflow", `safetensors: tensor "a": shape [` + strconv.Itoa(math.MaxInt) + ` 4] overflows`,
			file{Tensors: []tensor{{Name: "a", Dtype: "F32", Shape: []int{math.MaxInt, 4}, F32: one}}}},
		{"too few values", `safetensors: tensor "a": 1 values of F32 and 0 of the other dtype, want 2 and 0 for shape [2]`,
			file{Tensors: []tensor{{Name: "a", Dtype: "F32", Shape: []int{2}, F32: one}}}},
		{"values of the wrong dtype", `safetensors: tensor "a": 0 values of F64 and 1 of the other dtype, want 1 and 0 for shape []`,
			file{Tensors: []tensor{{Name: "a", Dtype: "F64", F32: one}}}},
		{"same name", `safetensors: tensor "a": name used twice`,
			file{Tensors: []tensor{{Name: "a", Dtype: "F32", F32: one}, {Name: "a", Dtype: "F32", F32: one}}}},
		{"reserved name", `safetensors: tensor "__metadata__": name reserved or not UTF-8`,
			file{Tensors: []tensor{{Name: "__metadata__", Dtype: "F32", F32: one}}}},
		{"name not UTF-8", `safetensors: tensor "\xff": name reserved or not UTF-8`,
			file{Tensors: []tensor{{Name: "\xff", Dtype: "F32", F32: one}}}},
		{"metadata not UTF-8", `safetensors: metadata "k": not UTF-8`,
			file{Metadata: map[string]string{"k": "\xff"}}},
		{"metadata", `safetensors: metadata of over 100000000 bytes, which a header may not have`,
			file{Metadata: map[string]string{"k": strings.Repeat("v", 100_000_000)}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "f")
			var b bytes.Buffer
			wantError(t, safetensors.Write(&b, tt.file), tt.want)
			wantError(t, safetensors.WriteFile(path, tt.file), strings.Replace(tt.want, ": ", ": "+path+": ", 1))
			if names, _ := os.ReadDir(filepath.Dir(path)); len(names) != 0 {
				t.Errorf("left behind: %v", names)
			}
		})
	}
}

func TestReadErrors(t *testing.T) {
	header := func(s string, data int) []byte {
		b := binary.LittleEndian.AppendUint64(nil, uint64(len(s)))
		return append(append(b, s...), make([]byte, data)...)
	}
	a := func(rest string) string { return `{"a":{` + rest + `}}` }
	for _, tt := range []struct {
		name, want string
		bytes      []byte
	}{
		{"short", "7 bytes, too short for a header length", make([]byte, 7)},
		{"header longer than the file", "header of 9 bytes, at most 100000000 allowed in a file of 16", append([]byte{9}, make([]byte, 15)...)},
		{"header of 2^63 bytes", "header of 9223372036854775808 bytes", []byte{7: 0x80, 8: '{', 9: '}'}},
		{"empty header", "header does not start with {", header("", 0)},
		{"space first", "header does not start with {", header(" {}", 0)},
		{"not UTF-8", "header is not UTF-8", header("{\"\xff\":1}", 0)},
		{"not JSON", "header: JSON: ", header("{nonsense}", 0)},
		{"cut JSON", `header: tensor "a": JSON: `, header(`{"a":`, 0)},
		{"two objects", "header goes on after its object", header("{}{}", 0)},
		{"not an object", `header: tensor "a": JSON: "3}" at byte 5, want {`, header(`{"a":3}`, 0)},
		{"metadata not text", `header: __metadata__: key "k": JSON: "3}}" at byte 21, want a string`, header(`{"__metadata__":{"k":3}}`, 0)},
		{"metadata key twice", `header: __metadata__: "k" appears twice`, header(`{"__metadata__":{"k":"","k":""}}`, 0)},
		{"tensor twice", `header: "a" appears twice`,
			header(`{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[],"data_offsets":[4,8]}}`, 8)},
		{"key twice", `header: tensor "a": "dtype" appears twice`, header(a(`"dtype":"F32","dtype":"F64"`), 0)},
		{"unknown key", `header: tensor "a": unknown key "Dtype"`, header(a(`"Dtype":"F32"`), 0)},
		{"missing key", `header: tensor "a": want dtype, shape and data_offsets`, header(a(`"dtype":"F32","shape":[]`), 0)},
		{"three offsets", `header: tensor "a": 3 data_offsets, want 2`, header(a(`"data_offsets":[0,4,8]`), 0)},
		{"size is text", `header: tensor "a": shape: JSON: "\"x\"]}}" at byte 15, want an integer`, header(a(`"shape":["x"]`), 0)},
		{"negative size", `header: tensor "a": shape: -1 is negative, too large or not an integer`, header(a(`"shape":[-1]`), 0)},
		{"fractional size", `header: tensor "a": shape: 1.0 is negative, too large or not an integer`, header(a(`"shape":[1.0]`), 0)},
		{"size of 2^64", `header: tensor "a": shape: 18446744073709551616 is negative, too large or not an integer`, header(a(`"shape":[18446744073709551616]`), 0)},
		{"leading zero", `header: tensor "a": shape: 01 is negative, too large or not an integer`, header(a(`"shape":[01]`), 0)},
		{"comma last", `header: tensor "a": shape: JSON: "]}}" at byte 17, want an integer`, header(a(`"shape":[1,]`), 0)},
		{"no comma", `header: tensor "a": shape: JSON: "2]}}" at byte 17, want ,`, header(a(`"shape":[1 2]`), 0)},
		{"bad escape", `header: JSON: `, header(`{"\x":1}`, 0)},
		{"line feed in a name", `header: JSON: control character in a string at byte 3`, header("{\"a\n\":1}", 0)},
		{"string without end", `header: JSON: the string at byte 1 does not end`, header(`{"a\"`, 0)},
		{"dtype", `tensor "a": dtype "C64", want F16, BF16, F32, F64, BOOL or an integer`, header(a(`"dtype":"C64","shape":[4],"data_offsets":[0,4]`), 4)},
		{"overflow", `tensor "a": shape [4611686018427387904 4] overflows`, header(a(`"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]`), 0)},
		{"terabytes", `tensor "a": data_offsets [0 4000000000000] outside the 4 bytes of data`,
			header(a(`"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]`), 4)},
		{"backwards", `tensor "a": data_offsets [4 0] outside the 4 bytes of data`, header(a(`"dtype":"F32","shape":[1],"data_offsets":[4,0]`), 4)},
		{"wrong length", `tensor "a": data_offsets [0 8] hold 8 bytes, shape [1] of F32 needs 4`, header(a(`"dtype":"F32","shape":[1],"data_offsets":[0,8]`), 8)},
		{"overlap", `tensor "b": data_offsets [0 8] overlap the tensor before, which ends at 4`,
			header(`{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8)},
		{"gap", `tensor "a": data_offsets [4 8] leave a gap after 0`, header(a(`"dtype":"F32","shape":[],"data_offsets":[4,8]`), 8)},
		{"trailing bytes", `tensors end at byte 4 of 5 bytes of data`, header(a(`"dtype":"F32","shape":[],"data_offsets":[0,4]`), 5)},
	} {
		if strconv.IntSize == 32 && (tt.name == "overflow" || tt.name == "terabytes") {
			tt.want = `header: tensor "a": shape: ` // the size alone is too large
		}
		t.Run(tt.name, func(t *testing.T) {
			_, err := decode(tt.bytes)
			wantError(t, err, "safetensors: "+tt.want)
			path := filepath.Join(t.TempDir(), "f")
			if err := os.WriteFile(path, tt.bytes, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err = safetensors.ReadFile(path)
			wantError(t, err, "safetensors: "+path+": "+tt.want)
		})
	}
}

// The size given promises more than the reader has.
func TestReadShortReader(t *testing.T) {
	b := encode(t, golden)
	for n, want := range map[int]string{
		4:          "safetensors: header length: read 4 of 8 bytes at 0: EOF",
		100:        "safetensors: header: read 92 of 352 bytes at 8: EOF",
		len(b) - 1: `safetensors: tensor "enc.w": read 23 of 24 bytes at 388: EOF`,
	} {
		_, err := safetensors.Read(bytes.NewReader(b[:n]), int64(len(b)))
		wantError(t, err, want)
	}
}

func TestReadFileMissing(t *testing.T) {
	_, err := safetensors.ReadFile(filepath.Join(t.TempDir(), "none"))
	wantError(t, err, "safetensors: open ")
}

func wantError(t *testing.T, err error, prefix string) {
	t.Helper()
	if err == nil || !strings.HasPrefix(err.Error(), prefix) || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v\nwant  %s", err, prefix)
	}
}

// Values of every dtype, from NumPy (internal/ref/safetensors/dtypes.py).
func TestDtypes(t *testing.T) {
	f, err := safetensors.ReadFile(filepath.Join("testdata", "dtypes.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile(filepath.Join("testdata", "dtypes.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(table)), "\n")
	if len(lines) != len(f.Tensors) || len(lines) != 11 {
		t.Fatalf("%d tensors, %d lines, want 11", len(f.Tensors), len(lines))
	}
	for _, line := range lines {
		want := strings.Split(line, ",")
		for _, x := range f.Tensors {
			if x.Name != want[0] {
				continue
			}
			if x.Whole() != (want[0] != "F16" && want[0] != "BF16") {
				t.Errorf("%s: Whole is %v", x.Name, x.Whole())
			}
			for i, s := range want[1:] {
				v, err := strconv.ParseFloat(s, 64)
				if err != nil {
					t.Fatal(err)
				}
				var got float64
				if x.F32 != nil {
					got = float64(x.F32[i])
				} else {
					got = x.F64[i]
				}
				if math.Float64bits(got) != math.Float64bits(v) {
					t.Errorf("%s: value %d is %v, want %v", x.Name, i, got, v)
				}
			}
		}
	}
}

// A header of many tensors is read in time that grows with its length.
func TestManyTensors(t *testing.T) {
	n := 20_000
	if os.Getenv("LATENT_SWEEP") != "" {
		n = 1_000_000
	}
	var b bytes.Buffer
	b.WriteByte('{')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"t%d":{"dtype":"F32","shape":[1],"data_offsets":[%d,%d]}`, i, 4*i, 4*i+4)
	}
	b.WriteByte('}')
	file := append(binary.LittleEndian.AppendUint64(nil, uint64(b.Len())), b.Bytes()...)
	file = append(file, make([]byte, 4*n)...)
	f, err := decode(file)
	if err != nil || len(f.Tensors) != n {
		t.Fatalf("%d tensors, want %d (%v)", len(f.Tensors), n, err)
	}
	if last := f.Tensors[n-1]; last.Name != fmt.Sprintf("t%d", n-1) || len(last.F32) != 1 {
		t.Errorf("last tensor %+v", last)
	}
}

// Whatever a header holds, an error is short.
func TestErrorsAreShort(t *testing.T) {
	long := strings.Repeat("n", 1_000_000)
	ones := strings.Repeat("1,", 999_999) + "1"
	for name, h := range map[string]string{
		"shape that overflows": `{"a":{"dtype":"F32","shape":[4611686018427387904,` + ones + `,4],"data_offsets":[0,4]}}`,
		"shape of ones":        `{"a":{"dtype":"F32","shape":[` + ones + `],"data_offsets":[0,8]}}`,
		"name":                 `{"` + long + `":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}`,
		"name twice":           `{"` + long + `":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"` + long + `":{}}`,
		"dtype":                `{"a":{"dtype":"` + long + `","shape":[1],"data_offsets":[0,4]}}`,
		"key":                  `{"a":{"` + long + `":1}}`,
		"number":               `{"a":{"shape":[` + strings.Repeat("9", 1_000_000) + `]}}`,
		"metadata":             `{"__metadata__":{"` + long + `":3}}`,
		"names with quotes":    `{"` + strings.Repeat(`\"`, 500_000) + `":3}`,
	} {
		b := append(binary.LittleEndian.AppendUint64(nil, uint64(len(h))), h...)
		if _, err := decode(append(b, make([]byte, 8)...)); err == nil || len(err.Error()) > 1500 {
			t.Errorf("%s: error of %d bytes", name, len(fmt.Sprint(err)))
		}
	}
}

// The header is JSON: encoding/json accepts what is read, and reads the same.
func FuzzHeader(f *testing.F) {
	f.Add(`{"a":{"dtype":"F32","shape":[1, 2],"data_offsets":[0,8]} , "b\u00e9\\":{"shape":[],"data_offsets":[8,12],"dtype":"F32"}}`)
	f.Add(`{"__metadata__":{"k":"v\ud800"}}`)
	f.Add(`{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}`)
	f.Fuzz(func(t *testing.T, h string) {
		b := append(binary.LittleEndian.AppendUint64(nil, uint64(len(h))), h...)
		got, err := decode(append(b, make([]byte, 12)...))
		if err != nil {
			return
		}
		var want map[string]json.RawMessage
		if err := json.Unmarshal([]byte(h), &want); err != nil {
			t.Fatalf("read %q, which is not JSON: %v", h, err)
		}
		delete(want, "__metadata__")
		if len(want) != len(got.Tensors) {
			t.Fatalf("read %d tensors of %q, want %d", len(got.Tensors), h, len(want))
		}
		for _, x := range got.Tensors {
			var line struct{ Shape []int }
			if err := json.Unmarshal(want[x.Name], &line); err != nil || fmt.Sprint(line.Shape) != fmt.Sprint(x.Shape) {
				t.Fatalf("tensor %q of %q has shape %v, want %v (%v)", x.Name, h, x.Shape, line.Shape, err)
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add(encode(f, golden))
	f.Add(encode(f, file{}))
	f.Add(binary.LittleEndian.AppendUint64(nil, 1<<40))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := decode(b)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Fatalf("error of several lines: %q", err)
			}
			return
		}
		for i, x := range got.Tensors { // as it may be written
			got.Tensors[i].Dtype = "F32"
			if x.F64 != nil {
				got.Tensors[i].Dtype = "F64"
			}
		}
		again, err := decode(encode(t, got))
		if err != nil || len(again.Tensors) != len(got.Tensors) {
			t.Fatalf("what was read cannot be written and read again: %v", err)
		}
	})
}

func Example() {
	f := safetensors.File{
		Tensors:  []safetensors.Tensor{{Name: "enc.b", Dtype: safetensors.F32, Shape: []int{2}, F32: []float32{0.5, -1}}},
		Metadata: map[string]string{"model": "vae"},
	}
	var b bytes.Buffer
	if err := safetensors.Write(&b, f); err != nil {
		fmt.Println(err)
	}
	g, err := safetensors.Read(bytes.NewReader(b.Bytes()), int64(b.Len()))
	fmt.Println(g.Tensors[0].Name, g.Tensors[0].F32, g.Metadata["model"], err)
	// Output: enc.b [0.5 -1] vae <nil>
}
