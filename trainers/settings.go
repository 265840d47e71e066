package trainers

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
)

// setting is what a field of a configuration says, by which runs are told apart.
type setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// settings are those that the result of a fit depends on.
func (t *trainer) settings() ([]setting, error) {
	var s settings
	s.add("Params.Seed", t.Params.Seed)
	dt := t.Params.Dtype
	if dt == 0 {
		dt = graph.Float32
	}
	s.add("Params.Dtype", dt.String())
	s.add("Seed", t.Seed)
	s.add("Optimizer", inFull(t.runs.update.rule))
	s.add("ClipNorm", t.ClipNorm)
	s.add("Rate", t.Rate)
	s.add("Groups", t.Groups)
	if t.Average == nil {
		s.add("Average", nil)
	} else {
		s.add("Average.Decay", t.Average.Decay)
		s.add("Average.From", t.Average.From)
	}
	s.add("Plateau", t.Plateau)
	s.add("Accumulate", max(t.Accumulate, 1))
	s.add("Schedules", t.Schedules)
	s.add("Initialise", t.Initialise)
	s.add("GlobalDraws", t.GlobalDraws)
	s.add("Watch", t.Watch)
	s.add("SkipNotFinite", t.SkipNotFinite)
	err := s.data("Train", t.runs)
	if err == nil && t.test != nil {
		err = s.data("Test", t.test.runs)
	}
	if t.test == nil {
		s.add("Test", nil)
	}
	s.add("State", slices.Sorted(maps.Keys(t.Checkpoint.State)))
	s.add("Settings", t.Checkpoint.Settings)
	return s, err
}

// inFull is a rule of this package with what zeros mean in their place.
func inFull(o Optimizer) any {
	v := reflect.ValueOf(o)
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch o := v.Interface().(type) {
	case Adam:
		return o.Defaults()
	case AdaMax:
		return o.Defaults()
	case Adagrad:
		return o.Defaults()
	case RMSProp:
		return o.Defaults()
	case Momentum:
		return o.Defaults()
	case SGD:
		return o.Defaults()
	}
	return o
}

type settings []setting

// add adds a value: of a struct its type and its exported fields, of a map and a
// slice what is in them, each under a name that begins with that of the whole. Of
// a function there is only its type, but of a schedule the number at step 0.
func (s *settings) add(name string, v any) { s.value(name, reflect.ValueOf(v), 0) }

func (s *settings) value(name string, v reflect.Value, depth int) {
	put := func(text string) { *s = append(*s, setting{name, text}) }
	if !v.IsValid() {
		put("none")
		return
	}
	typ := v.Type()
	if depth > 20 {
		put(typ.String() + ", too deep")
		return
	}
	if typ == reflect.TypeFor[*graph.Params]() && !v.IsNil() {
		put("some") // which fill on the way
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			put("none")
			return
		}
		s.value(name, v.Elem(), depth+1)
	case reflect.Struct:
		put(typ.String())
		for i := range v.NumField() {
			if f := typ.Field(i); f.IsExported() {
				s.value(name+"."+f.Name, v.Field(i), depth+1)
			}
		}
	case reflect.Slice, reflect.Array:
		if v.Len() > 1000 {
			h := sha256.New()
			fmt.Fprint(h, v.Interface())
			put(short(h.Sum(nil)))
			return
		}
		put(typ.String())
		for i := range v.Len() {
			s.value(fmt.Sprintf("%s[%d]", name, i), v.Index(i), depth+1)
		}
	case reflect.Map:
		put(typ.String())
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		for _, k := range keys {
			s.value(fmt.Sprintf("%s[%v]", name, k), v.MapIndex(k), depth+1)
		}
	case reflect.Func:
		put(typ.String())
		if f, ok := v.Interface().(Schedule); ok && !v.IsNil() {
			s.value(name+".At(0)", reflect.ValueOf(f.At(0)), depth+1)
		}
	case reflect.Float32, reflect.Float64:
		put(strconv.FormatFloat(v.Float(), 'g', -1, 64))
	case reflect.Chan, reflect.UnsafePointer:
		put(typ.String())
	default:
		put(fmt.Sprint(v))
	}
}

// data adds what the batches say of themselves, and the first of them.
func (s *settings) data(name string, r *runner) error {
	s.add(name+".Arrays", fmt.Sprint(r.arrays))
	s.add(name+".Count", r.batches.Count())
	if err := r.batches.Seek(0, 0); err != nil {
		return err
	}
	rows, values := sha256.New(), sha256.New()
	if !r.batches.Next() {
		if err := r.batches.Err(); err != nil {
			return err
		}
		s.add(name+".Rows", "none")
		return nil
	}
	var word [8]byte
	for i, a := range r.arrays {
		index := r.batches.Index(a.Name)
		for _, n := range index {
			binary.LittleEndian.PutUint64(word[:], uint64(n))
			rows.Write(word[:])
		}
		x := graph.Array{F64: make([]float64, len(index)*r.fillings[i].cols)}
		if err := r.batches.Fill(a.Name, 0, x); err != nil {
			return errors.WithMessagef(err, "array %s", a.Name)
		}
		for _, v := range x.F64 {
			binary.LittleEndian.PutUint64(word[:], math.Float64bits(v))
			values.Write(word[:])
		}
	}
	s.add(name+".Rows", short(rows.Sum(nil)))
	s.add(name+".Values", short(values.Sum(nil)))
	return nil
}

// short is the beginning of a hash.
func short(hash []byte) string { return hex.EncodeToString(hash[:8]) }

// agree is an error that names the first setting in which a fit and a checkpoint
// differ, unless it is changed on purpose.
func agree(fit, kept []setting, changed []string) error {
	used := map[string]bool{"Stop": true}
	allowed := func(name string) bool {
		ok := false
		for _, c := range changed {
			rest, begins := strings.CutPrefix(name, c)
			if begins && (rest == "" || rest[0] == '.' || rest[0] == '[') {
				ok, used[c] = true, true
			}
		}
		return ok
	}
	there := map[string]string{}
	for _, k := range kept {
		there[k.Name] = k.Value
	}
	refuse := func(name, is, was string) error {
		return errors.Errorf("the checkpoint is of another run: %s is %s, there it is %s; take another folder, or name it in Checkpoint.Changed if that is meant", name, is, was)
	}
	var first error
	for _, f := range fit {
		was, ok := there[f.Name]
		if delete(there, f.Name); !ok {
			was = "not there"
		}
		if !allowed(f.Name) && was != f.Value && first == nil {
			first = refuse(f.Name, f.Value, was)
		}
	}
	for _, k := range kept {
		if _, left := there[k.Name]; left && !allowed(k.Name) && first == nil {
			first = refuse(k.Name, "not there", k.Value)
		}
	}
	if first != nil {
		return first
	}
	for _, c := range changed {
		if !used[c] {
			return errors.Errorf("Checkpoint.Changed names %q, which nothing is called or begins with", c)
		}
	}
	return nil
}
