package graph

import (
	"context"
	"reflect"
	"runtime"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/op"
)

// dims returns the shape of an operand. It aborts, naming the function of this
// package that was called, if that is nil: whatever reads the shape of what it
// is given reads it here first.
func dims(x *Node) Shape {
	if x == nil {
		Fail("graph: %s: operand is nil", called())
	}
	return x.Shape()
}

// called returns the name of the exported function of this package that the
// code outside called.
func called() string {
	pc := make([]uintptr, 16)
	frames := runtime.CallersFrames(pc[:runtime.Callers(3, pc)])
	name := ""
	for {
		f, more := frames.Next()
		_, of, in := strings.Cut(f.Function, "/latent/graph.")
		if !in || !more {
			return name
		}
		name = of
	}
}

// notNil aborts unless a scope is one that a build gave.
func (s *Scope) notNil() {
	if s == nil || s.b == nil {
		Fail("graph: the Scope is nil or zero, want the one that Build gives to the model")
	}
}

// notNil panics unless a program is one that Build returned.
func (p *Program) notNil() {
	if p == nil || p.b == nil {
		panic("graph: the Program is nil or zero, want one that Build returned without an error")
	}
}

// notNil panics if there are no parameters.
func (p *Params) notNil() {
	if p == nil {
		panic("graph: the Params are nil, want &graph.Params{}")
	}
}

// notNil panics unless a source is one that an Init was given.
func (r Random) notNil() {
	if r.n == nil {
		panic("graph: the Random is zero, want the one that Init.Fill is given")
	}
}

// checkArgs returns an error if the arguments of a build or a run are nil.
func checkArgs(what string, args ...any) error {
	for _, v := range args {
		if op.Nil(v) {
			return errors.Errorf("graph: %s: %s is nil", what, kindOf(v))
		}
	}
	return nil
}

func kindOf(v any) string {
	switch v.(type) {
	case *Params:
		return "Params"
	case nil, context.Context:
		return "the context"
	}
	if reflect.TypeOf(v).Kind() == reflect.Func {
		return "the model's function"
	}
	return reflect.TypeOf(v).String()
}
