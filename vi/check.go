package vi

import "github.com/latentgo/latent/graph"

// alive aborts unless a trace is one that Run made.
func (t *Trace) alive() {
	if t == nil || t.r == nil {
		graph.Fail("vi: the Trace is nil or zero, want the one that Run gives to the joint and the guide")
	}
}

// alive aborts unless a record is one that Run returned.
func (r *Record) alive() {
	if r == nil || r.Scope == nil {
		graph.Fail("vi: the Record is nil or zero, want one of vi.Run or of an Estimate")
	}
}

// alive aborts unless there is an estimate.
func (e *Estimate) alive() {
	if e == nil || e.Value == nil {
		graph.Fail("vi: the Estimate is nil or has no Value")
	}
}

// alive panics if there is nothing to add to.
func (a *Activity) alive() {
	if a == nil {
		panic("vi: the Activity is nil, want &vi.Activity{}")
	}
}

// observes refuses a model without data to explain.
func (r *Record) observes(o objective) {
	if len(r.observed()) == 0 {
		graph.Fail("vi: %s of a model without an observed site; its sites are %v: the joint draws each array that it explains, by the name that it has among the data", o.name, r.names(nil))
	}
}

func scalar(o objective, what string, n *graph.Node) {
	if n != nil && len(n.Shape()) != 0 {
		graph.Fail("vi: %s with a %s of shape %v, want a scalar", o.name, what, n.Shape())
	}
}

func zeros(r *Record) *graph.Node { return graph.BroadcastTo(r.Scope.Const(0), r.Rows) }
