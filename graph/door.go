package graph

import (
	"github.com/latentgo/latent/internal/door"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/internal/safetensors"
)

func init() {
	door.Parallel = func(p any, parts int, t door.Task) error { return p.(*Program).parallel(parts, t) }
	door.Notes = func(p any) []any { return p.(*Program).notes() }
	door.SharedNoise = func(p any) []string { return p.(*Program).sharedNoise() }
	door.WriteParams = func(p any, f func() error) error { return p.(*Params).write(f) }
	door.ReadParams = func(p any, f func(safetensors.File) error) error { return p.(*Params).encode("write", f) }
	door.Declared = func(f, p any) error { return f.(*Frozen).declared(p.(*Params)) }
	door.Rows = func(p any, keys []door.RowKey) error { return p.(*Program).keyRows(keys) }
	door.Close = func(p any) { p.(*Program).close() }
	door.Workers = func(s any, most int) { s.(*Scope).b.workers = most }
	door.Note = func(s, v any) { s.(*Scope).note(v) }
	door.Run = func(s any, f func()) { s.(*Scope).run(f) }
	door.Replay = func(s any, f func()) { s.(*Scope).replay(f) }
	door.Alternatives = func(s any, n int) any { return s.(*Scope).among(n) }
	door.Passes = func(s any, n int) any { return s.(*Scope).split(n) }
	door.Repeats = func(s any, n int) any { return s.(*Scope).repeats(n) }
	door.Collect = func(s any, name string, value *op.Node) *op.Node { return s.(*Scope).collect(name, value) }
	door.Probe = func(s any, f func()) { s.(*Scope).probe(f) }
	door.Evaluate = func(s any, draws int, nodes ...*op.Node) ([][][]float64, error) {
		return s.(*Scope).evaluate(draws, nodes)
	}
	door.Stored = func(s any, name string) bool { return s.(*Scope).isStored(name) }
	door.Carry = func(s any, name string, init float64, shape ...int) *op.Node {
		return s.(*Scope).carry(name, init, shape)
	}
	door.HandOn = func(s any, to, value *op.Node) { s.(*Scope).handOn(to, value) }
}
