// Package vi is variational inference over models written as two functions:
// the joint p(x,z), and the guide q(z|x) that approximates its posterior.
//
// Both functions run against a Trace and name their random variables. One
// rule gives them meaning: a site that has a value (data, or the guide's draw)
// is scored, one that has none is drawn. Training, dreaming, decoding and
// labelled rows are then one model with different data.
//
// Run traces a model and returns its Record. An Objective, such as ELBO, runs
// the model and returns an Estimate: the bound, its terms in nats per datum,
// and the costs whose gradients train it.
//
// Values have the shape [K, B, event]: K draws for each of B data; an axis a
// site does not depend on has size 1.
package vi

import (
	"maps"
	"slices"

	"github.com/latentgo/latent/graph"
)

// Func is the joint or the guide of a model.
type Func func(t *Trace)

// Model is a joint distribution and a guide for its latent variables. Without
// a guide the joint draws every latent itself.
type Model struct {
	Joint Func
	Guide Func
}

// Data gives values to sites and inputs by name, each [B, event…] with one row
// a datum.
type Data map[string]*graph.Node

func (d Data) names() []string { return slices.Sorted(maps.Keys(d)) }

// Config says how a model is run.
type Config struct {
	K    int // draws of each latent for a datum; 0 means 1
	Rows int // number of data where Data is empty; otherwise 0 or its number
}

// Run traces the guide and then the joint in a scope. A second run in one
// build needs a scope of its own (s.In), since noise is named after sites.
//
// It refuses, naming the site: a value used that nobody gave, a joint site
// that neither guide nor data gave a value, a guide site that the joint does
// not have, data that nobody used, a site drawn twice, and values whose shape
// is not one score for each draw and datum.
func Run(s *graph.Scope, m Model, d Data, c Config) *Record {
	r := newRecord(s, d, c)
	if m.Joint == nil {
		graph.Fail("vi: model has no joint")
	}
	if m.Guide != nil {
		leave := r.enter("guide")
		m.Guide(&Trace{r: r, guided: true})
		leave()
	}
	leave := r.enter("joint")
	m.Joint(&Trace{r: r, joint: true, guided: m.Guide != nil})
	leave()
	for _, site := range r.sites {
		if site.P == nil {
			graph.Fail("vi: the guide draws %s, which is no site of the joint; the joint has %v", site.Name, r.names(inJoint))
		}
	}
	for _, name := range d.names() {
		if !r.used[name] {
			graph.Fail("vi: data %s is used by neither joint nor guide; the model has sites %v", name, r.names(nil))
		}
	}
	return r
}
