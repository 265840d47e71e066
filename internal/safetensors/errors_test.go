package safetensors_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/latentgo/latent/internal/safetensors"
)

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
		{"torch.save", "no safetensors file but a zip archive, such as torch.save,", []byte("PK\x03\x04\x00\x00\x08\x08\x00\x00\x00\x00")},
		{"torch.save of old", "no safetensors file but a pickle, such as torch.save writes", []byte("\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P")},
		{"Keras", "no safetensors file but an HDF5 file", []byte("\x89HDF\r\n\x1a\n\x00\x00")},
		{"Git LFS", "no safetensors file but a pointer of Git LFS, which has not fetched the file", []byte("version https://git-lfs.github.com/spec/v1\n")},
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
