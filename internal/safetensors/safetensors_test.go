package safetensors_test

import (
	"bytes"
	"crypto/sha256"
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
	"pgregory.net/rapid"

	"github.com/latentgo/latent/internal/safetensors"
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

// TestHalves goes through all numbers of 16 bits; NumPy and PyTorch agree on what
// they are (internal/ref/safetensors/halves.py).
func TestHalves(t *testing.T) {
	table, err := os.ReadFile(filepath.Join("testdata", "halves.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Fields(string(table)) {
		dtype, want, _ := strings.Cut(line, ",")
		h := fmt.Sprintf(`{"h":{"dtype":%q,"shape":[65536],"data_offsets":[0,131072]}}`, dtype)
		b := append(binary.LittleEndian.AppendUint64(nil, uint64(len(h))), h...)
		for i := range 65536 {
			b = binary.LittleEndian.AppendUint16(b, uint16(i))
		}
		f, err := decode(b)
		if err != nil {
			t.Fatal(err)
		}
		var bits []byte
		for _, v := range f.Tensors[0].F32 {
			if v != v {
				v = math.Float32frombits(0x7fc00000)
			}
			bits = binary.LittleEndian.AppendUint32(bits, math.Float32bits(v))
		}
		if got := fmt.Sprintf("%x", sha256.Sum256(bits)); got != want || len(bits) != 4*65536 {
			t.Errorf("%s: the hash is %s, want %s", dtype, got, want)
		}
	}
}
