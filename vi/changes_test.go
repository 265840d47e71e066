package vi_test

import (
	"maps"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// scoped is an objective that takes nodes.
type scoped struct {
	o func(s *graph.Scope) vi.Objective
}

func (o scoped) Estimate(s *graph.Scope, m vi.Model, d vi.Data) *vi.Estimate {
	return o.o(s).Estimate(s, m, d)
}

// predicts is an objective whose terms are what a Predict draws.
type predicts struct {
	of func(s *graph.Scope) vi.Prediction
}

func (o predicts) Estimate(s *graph.Scope, m vi.Model, d vi.Data) *vi.Estimate {
	p := vi.Predict(s, m, d, o.of(s))
	terms := map[string]*graph.Node{}
	maps.Copy(terms, p.Rows)
	maps.Copy(terms, p.Globals)
	return &vi.Estimate{Value: s.Const(0), Terms: terms}
}

// blocks puts a block in place of the guide.
type blocks struct {
	part vi.Part
	law  prob.Dist
}

func (o blocks) Estimate(s *graph.Scope, m vi.Model, d vi.Data) *vi.Estimate {
	m.Guide = func(t *vi.Trace) { t.Block("block", o.law, o.part) }
	return vi.ELBO{Config: vi.Config{Total: 5}}.Estimate(s, m, d)
}

// family is the changes of the fields that several objectives have; o makes one
// from a Config.
func family(o func(c vi.Config) vi.Objective) map[string][]change {
	loo, avg := vi.Score{Baseline: vi.LeaveOneOut{}}, vi.Score{Baseline: vi.MovingAverage{}}
	return map[string][]change{
		"K":         {{"normals", o(vi.Config{K: 2}), o(vi.Config{K: 3}), ""}, {"normals", o(vi.Config{K: 2}), o(vi.Config{K: -1}), "K is -1, want 1 or more"}},
		"Rows":      {{"normals", o(vi.Config{K: 2}), o(vi.Config{K: 2, Rows: 2}), "data x has 3 rows, Config.Rows has 2"}},
		"Enumerate": {{"bits", o(vi.Config{K: 2, Sites: of(vi.StraightThrough{})}), o(vi.Config{K: 2, Enumerate: []string{"z"}}), ""}},
		"Estimator": {
			{"normals", o(vi.Config{K: 2}), o(vi.Config{K: 2, Estimator: vi.STL{}}), ""},
			{"normals", o(vi.Config{K: 2}), o(vi.Config{K: 2, Estimator: vi.Local{}}), "vi: no site takes the Estimator Local: Local, Flipout, PerDraw, Single and Separate are of products"},
			{"bits", o(vi.Config{K: 2, Enumerate: []string{"z"}}), o(vi.Config{K: 2, Enumerate: []string{"z"}, Estimator: vi.Score{}}), "vi: no site takes the Estimator Score"},
			{"normals", o(vi.Config{K: 2, Sites: of(vi.STL{})}), o(vi.Config{K: 2, Sites: of(vi.STL{}), Estimator: avg}), "vi: no site takes the Estimator Score{MovingAverage}"},
		},
		"Sites": {
			{"normals", o(vi.Config{K: 2}), o(vi.Config{K: 2, Sites: of(vi.DReG{})}), ""},
			{"normals", o(vi.Config{K: 2}), o(vi.Config{K: 2, Sites: choice{"y": loo}}), "Sites has an estimator for y"},
			{"normals", o(vi.Config{K: 2, Estimator: vi.STL{}}), o(vi.Config{K: 2, Estimator: vi.STL{}, Sites: of(nil)}), "vi: no site takes the Estimator STL"},
		},
	}
}

// globals is family for objectives that take globals.
func globals(o func(c vi.Config) vi.Objective) map[string][]change {
	out := family(o)
	out["Total"] = []change{{"global", o(vi.Config{Total: 5}), o(vi.Config{Total: 6}), ""}, {"global", o(vi.Config{Total: 5}), o(vi.Config{}), "set Total"}}
	out["K"] = append(out["K"], change{"global", o(vi.Config{Total: 5}), o(vi.Config{K: 2, Total: 5}), "vi: K of 2 draws, and all that is drawn is the global w, once a run: set K to 1"})
	out["Estimator"] = append(out["Estimator"],
		change{"global", o(vi.Config{Total: 5}), o(vi.Config{Total: 5, Estimator: vi.STL{}}), ""},
		change{"global", o(vi.Config{Total: 5}), o(vi.Config{Total: 5, Estimator: vi.Score{}}), ""},
		change{"global", o(vi.Config{Total: 5}), o(vi.Config{Total: 5, Estimator: vi.Enumerate{}}), "does not take Enumerate at a global site"},
		change{"both", o(vi.Config{K: 2, Total: 5}), o(vi.Config{K: 2, Total: 5, Estimator: vi.DReG{}}), "does not take DReG at a global site; it takes Pathwise, STL, Score, Score{MovingAverage}, Score{LeaveOneOut}, Score{NVIL}, MeasureValued; the Estimator is of every latent: choose another for w in Sites"},
		change{"both", o(vi.Config{K: 2, Total: 5}), o(vi.Config{K: 2, Total: 5, Estimator: vi.DReG{}, Sites: choice{"w": vi.Pathwise{}}}), ""},
		change{"product", o(vi.Config{Total: 5, Estimator: vi.Single{}}), o(vi.Config{Total: 5, Estimator: vi.Separate{}}), ""},
		change{"product", o(vi.Config{Total: 5, Sites: choice{"w": vi.Single{}}}), o(vi.Config{Total: 5, Estimator: vi.STL{}, Sites: choice{"w": vi.Single{}}}), "vi: no site takes the Estimator STL"},
	)
	return out
}

// optionChanges has the changes that show each option.
func optionChanges() map[string][]change {
	all := map[string][]change{}
	add := func(of string, cs map[string][]change) {
		for field, c := range cs {
			all[of+"."+field] = append(all[of+"."+field], c...)
		}
	}
	sites := func(e vi.Estimator) vi.Objective { return vi.ELBO{Config: vi.Config{K: 2, Sites: of(e)}} }
	own := vi.Own{Name: "own", Gradient: func(a *vi.At) { a.Score(a.Signal()) }}
	change1 := func(f func(o *vi.Own)) vi.Estimator { o := own; f(&o); return o }
	ownBase := vi.OwnBaseline{Name: "own", Of: func(a *vi.At, f *graph.Node) *graph.Node { return a.Share() }}
	base1 := func(f func(o *vi.OwnBaseline)) vi.Estimator { o := ownBase; f(&o); return vi.Score{Baseline: o} }
	inside := func(e vi.Estimator) vi.Objective { return vi.IWAE{Config: vi.Config{K: 2, Sites: of(e)}} }
	once := func(e vi.Estimator) vi.Objective { return vi.ELBO{Config: vi.Config{Total: 5, Estimator: e}} }
	add("Own", map[string][]change{
		"Name":    {{"bits", sites(own), sites(change1(func(o *vi.Own) { o.Name = "" })), "an Own without Name or Gradient"}},
		"Laws":    {{"bits", sites(own), sites(change1(func(o *vi.Own) { o.Laws = func(prob.Dist) bool { return false } })), "own does not take prob.Bernoulli"}},
		"Draws":   {{"bits", sites(own), sites(change1(func(o *vi.Own) { o.Draws = 3 })), "needs K of 3 or more, not 2"}, {"bits", sites(own), sites(change1(func(o *vi.Own) { o.Draws = -1 })), "needs -1 Draws"}},
		"Weights": {{"bits", sites(own), inside(own), "IWAE does not take own"}, {"bits", sites(own), inside(change1(func(o *vi.Own) { o.Weights = true })), ""}},
		"Globals": {{"global", once(change1(func(o *vi.Own) { o.Globals = true })), once(own), "does not take own at a global site"}},
		"Draw": {{"bits", sites(own), sites(change1(func(o *vi.Own) {
			o.Draw = func(noise func(string, graph.Noise, ...int) *graph.Node, d prob.Dist) *graph.Node {
				return noise("other", graph.UniformNoise, 2).Lt(d.(prob.Bernoulli).P())
			}
		})), ""}},
		"Gradient": {{"bits", sites(own), sites(change1(func(o *vi.Own) { o.Gradient = func(a *vi.At) { a.Score(a.Signal().Scale(2)) } })), ""}},
	})
	add("OwnBaseline", map[string][]change{
		"Name":    {{"bits", sites(base1(func(*vi.OwnBaseline) {})), sites(base1(func(o *vi.OwnBaseline) { o.Name = "" })), "an OwnBaseline without Name or Of"}},
		"Globals": {{"global", once(base1(func(o *vi.OwnBaseline) { o.Globals = true })), once(base1(func(*vi.OwnBaseline) {})), "does not take Score{own} at a global site"}},
		"Weights": {{"bits", sites(own), inside(base1(func(*vi.OwnBaseline) {})), "IWAE does not take Score{own}"}, {"bits", sites(own), inside(base1(func(o *vi.OwnBaseline) { o.Weights = true })), ""}},
		"Of":      {{"bits", sites(base1(func(*vi.OwnBaseline) {})), sites(own), ""}},
	})
	for name, c := range map[string][2]vi.Estimator{
		"ARMS.Group": {vi.ARMS{}, vi.ARMS{Group: 2}}, "ARMS.Gaussian": {vi.ARMS{}, vi.ARMS{Gaussian: true}}, "DoubleCV.Scale": {vi.DoubleCV{}, vi.DoubleCV{Scale: .4}}, "DoubleCV.Regress": {vi.DoubleCV{}, vi.DoubleCV{Regress: true}},
		"RODEO.Hidden": {vi.RODEO{}, vi.RODEO{Hidden: 3}}, "RODEO.Regress": {vi.RODEO{}, vi.RODEO{Regress: true}}, "REBAR.Regress": {vi.REBAR{}, vi.REBAR{Regress: true}}, "RELAX.Regress": {vi.RELAX{}, vi.RELAX{Regress: true}},
		"UnorderedSet.Size": {vi.UnorderedSet{}, vi.UnorderedSet{Size: 3}}, "Marginalised.Size": {vi.Marginalised{}, vi.Marginalised{Size: 2}}, "GappedST.Gap": {vi.GappedST{}, vi.GappedST{Gap: 2}},
	} {
		of := func(e vi.Estimator) vi.Objective { return vi.ELBO{Config: vi.Config{K: 4, Sites: of(e)}} }
		all[name] = []change{{"bits", of(c[0]), of(c[1]), ""}}
	}
	for name, f := range map[string]func(t *graph.Node) vi.Estimator{
		"GappedST.Temperature": func(t *graph.Node) vi.Estimator { return vi.GappedST{Temperature: t} },
		"DecoupledST.Forward":  func(t *graph.Node) vi.Estimator { return vi.DecoupledST{Forward: t} },
		"DecoupledST.Backward": func(t *graph.Node) vi.Estimator { return vi.DecoupledST{Backward: t} },
	} {
		all[name] = []change{{"bits", func() vi.Objective { return sites(f(nil)) }, func() vi.Objective { return sites(f(graph.Const(.001))) }, ""}}
	}
	elbo := func(f func() vi.ELBO) func() vi.Objective { return func() vi.Objective { return f() } }
	add("ELBO", globals(func(c vi.Config) vi.Objective {
		return vi.ELBO{Config: c}
	}))
	add("ELBO", map[string][]change{
		"KL": {
			{"normals", vi.ELBO{}, vi.ELBO{KL: vi.MonteCarlo}, ""}, {"normals", vi.ELBO{}, vi.ELBO{KL: 3}, "vi: ELBO with the KL 3"},
			{"normals", vi.ELBO{}, vi.ELBO{Config: vi.Config{Estimator: vi.STL{}}, KL: vi.ClosedForm}, "closed-form KL at z"},
		},
		"Beta": {{"normals", vi.ELBO{}, elbo(func() vi.ELBO { return vi.ELBO{Beta: graph.Const(.5)} }), ""},
			{"global", vi.ELBO{Config: vi.Config{Total: 5}}, elbo(func() vi.ELBO { return vi.ELBO{Config: vi.Config{Total: 5}, Beta: graph.Const(.5)} }), ""}},
		"Capacity": {{"normals", vi.ELBO{}, elbo(func() vi.ELBO { return vi.ELBO{Capacity: graph.Const(9)} }), ""}},
	})
	add("IWAE", globals(func(c vi.Config) vi.Objective {
		return vi.IWAE{Config: c}
	}))
	whole := func(c vi.Config) vi.Objective {
		if c.Total == 0 {
			c.Total = 3
		}
		return vi.IWVI{Config: c}
	}
	add("IWVI", map[string][]change{
		"K":         {{"global", whole(vi.Config{}), whole(vi.Config{K: 2}), ""}, {"global", whole(vi.Config{}), whole(vi.Config{K: -1}), "vi: K is -1"}},
		"Rows":      {{"global", whole(vi.Config{}), whole(vi.Config{Rows: 2}), "data x has 3 rows, Config.Rows has 2"}},
		"Total":     {{"global", whole(vi.Config{}), whole(vi.Config{Total: 5}), "vi: IWVI of 3 rows with a Total of 5"}},
		"Enumerate": {{"bits", whole(vi.Config{Enumerate: []string{"z"}}), whole(vi.Config{}), "vi: site z: IWVI weighs draws of globals"}},
		"Estimator": {{"global", whole(vi.Config{K: 2}), whole(vi.Config{K: 2, Estimator: vi.DReG{}}), ""}, {"global", whole(vi.Config{K: 2}), whole(vi.Config{K: 2, Estimator: vi.MeasureValued{}}), "IWVI does not take MeasureValued at a global site"}},
		"Sites":     {{"global", whole(vi.Config{K: 2}), whole(vi.Config{K: 2, Sites: choice{"w": vi.VIMCO{}}}), ""}},
	})
	add("Renyi", globals(func(c vi.Config) vi.Objective {
		return vi.Renyi{Config: c, Alpha: .5}
	}))
	add("Renyi", map[string][]change{"Alpha": {{"normals", vi.Renyi{Config: vi.Config{K: 2}}, vi.Renyi{Config: vi.Config{K: 2}, Alpha: .5}, ""}, {"normals", vi.Renyi{Config: vi.Config{K: 2}}, vi.Renyi{Config: vi.Config{K: 2}, Alpha: 1}, "Renyi of order 1"}}})
	add("Chi", family(func(c vi.Config) vi.Objective {
		return vi.Chi{Config: c}
	}))
	add("Chi", map[string][]change{"Total": {{"normals", vi.Chi{Config: vi.Config{K: 2}}, vi.Chi{Config: vi.Config{K: 2, Total: 5}}, "vi: Chi with a Total of 5"}}})
	add("Expectation", globals(func(c vi.Config) vi.Objective { return vi.Expectation{Config: c, Of: monteCarlo} }))
	add("Expectation", map[string][]change{"Of": {{"normals", vi.Expectation{Of: monteCarlo}, vi.Expectation{Of: func(r *vi.Record) []*graph.Node { return monteCarlo(r)[1:] }}, ""},
		{"normals", vi.Expectation{Of: monteCarlo}, vi.Expectation{}, "vi: Expectation without its function Of"}}})
	add("Chi", map[string][]change{"Order": {{"normals", vi.Chi{Config: vi.Config{K: 2}}, vi.Chi{Config: vi.Config{K: 2}, Order: 3}, ""}, {"normals", vi.Chi{Config: vi.Config{K: 2}}, vi.Chi{Config: vi.Config{K: 2}, Order: 1}, "Chi of order 1"}}})
	free := func(o vi.FreeBits) vi.FreeBits { o.Lambda = .3; return o }
	all["FreeBits.Lambda"] = []change{{"normals", vi.FreeBits{}, vi.FreeBits{Lambda: 5}, ""}, {"normals", vi.FreeBits{}, vi.FreeBits{Lambda: -5}, "a Lambda of -5"}}
	all["FreeBits.Group"] = []change{{"normals", free(vi.FreeBits{}), free(vi.FreeBits{Group: 2}), ""}, {"normals", free(vi.FreeBits{}), free(vi.FreeBits{Group: 3}), "groups of 3"}}
	all["FreeBits.K"] = []change{{"normals", free(vi.FreeBits{}), free(vi.FreeBits{Config: vi.Config{K: 2}}), ""}}
	all["FreeBits.Rows"] = []change{{"normals", free(vi.FreeBits{}), free(vi.FreeBits{Config: vi.Config{Rows: 2}}), "data x has 3 rows, Config.Rows has 2"}}
	all["FreeBits.Enumerate"] = []change{{"bits", free(vi.FreeBits{Config: vi.Config{Estimator: vi.GumbelSoftmax{}}}), free(vi.FreeBits{Config: vi.Config{Enumerate: []string{"z"}}}), "vi: site z: FreeBits does not take Enumerate at a discrete site"}}
	all["FreeBits.Total"] = []change{{"global", free(vi.FreeBits{Config: vi.Config{Total: 5}}), free(vi.FreeBits{Config: vi.Config{Total: 6}}), ""}}
	all["FreeBits.Estimator"] = []change{{"bits", free(vi.FreeBits{Config: vi.Config{Estimator: vi.GumbelSoftmax{}}}), free(vi.FreeBits{Config: vi.Config{Estimator: vi.StraightThrough{}}}), ""},
		{"normals", free(vi.FreeBits{}), free(vi.FreeBits{Config: vi.Config{Estimator: vi.STL{}}}), "FreeBits does not take STL"}}
	all["FreeBits.Sites"] = []change{{"bits", free(vi.FreeBits{Config: vi.Config{Estimator: vi.GumbelSoftmax{}}}), free(vi.FreeBits{Config: vi.Config{Sites: of(vi.StraightThrough{})}}), ""}}
	all["FreeBits.KL"] = []change{{"normals", free(vi.FreeBits{}), free(vi.FreeBits{KL: vi.MonteCarlo}), ""}, {"normals", free(vi.FreeBits{}), free(vi.FreeBits{KL: 9}), "with the KL 9"}}
	all["Evidence.K"] = []change{{"normals", vi.Evidence{}, vi.Evidence{K: 60}, ""}, {"normals", vi.Evidence{}, vi.Evidence{K: 1}, "Evidence of 1 draws"}}
	all["Evidence.Chunk"] = []change{{"normals", vi.Evidence{}, vi.Evidence{Chunk: -1}, "Evidence of -1 draws at once"}} // its effect, on memory, has tests of its own
	all["Evidence.Enumerate"] = []change{{"bits", vi.Evidence{}, vi.Evidence{Enumerate: []string{"z"}}, ""}}
	all["WakeSleep.K"] = []change{{"normals", vi.WakeSleep{}, vi.WakeSleep{K: 2}, ""}}
	all["TVO.K"] = []change{{"normals", vi.TVO{K: 2}, vi.TVO{K: 3}, ""}, {"normals", vi.TVO{K: 2}, vi.TVO{}, "TVO of 1 draw has no covariance"}}
	all["TVO.Points"] = []change{{"normals", vi.TVO{K: 2}, vi.TVO{K: 2, Points: []float64{.5}}, ""}, {"normals", vi.TVO{K: 2}, vi.TVO{K: 2, Points: []float64{.5, .4}}, "TVO with the points [0.5 0.4]"}}
	all["TVO.Enumerate"] = []change{{"bits", vi.TVO{K: 2}, vi.TVO{K: 2, Enumerate: []string{"z"}}, "leave the enumerated sites [z] out of the guide"}}
	all["ReweightedWakeSleep.K"] = []change{{"normals", vi.ReweightedWakeSleep{K: 2}, vi.ReweightedWakeSleep{K: 3}, ""}, {"normals", vi.ReweightedWakeSleep{K: 2}, vi.ReweightedWakeSleep{K: 1}, "ReweightedWakeSleep of 1 draw has the weight 1"}}
	all["ReweightedWakeSleep.Enumerate"] = []change{{"bits", vi.ReweightedWakeSleep{K: 2}, vi.ReweightedWakeSleep{K: 2, Enumerate: []string{"z"}}, "leave the enumerated sites [z] out of the guide"}}

	all["Config.K"] = []change{{"normals", runs{}, runs{vi.Config{K: 2}}, ""}, {"global", runs{}, runs{vi.Config{K: 2}}, "set K to 1"}}
	all["Config.Rows"] = []change{{"normals", runs{}, runs{vi.Config{Rows: 2}}, "data x has 3 rows, Config.Rows has 2"}}
	all["Config.Total"] = []change{{"global", runs{}, runs{vi.Config{Total: 2}}, ""}}
	all["Config.Enumerate"] = []change{{"bits", runs{}, runs{vi.Config{Enumerate: []string{"z"}}}, ""}}
	all["Config.Estimator"] = []change{{"bits", runs{}, runs{vi.Config{Estimator: vi.GumbelSoftmax{}}}, ""}, {"normals", runs{}, runs{vi.Config{Estimator: vi.Single{}}}, "no site takes the Estimator Single"}}
	all["Config.Sites"] = []change{{"bits", runs{}, runs{vi.Config{Sites: of(vi.GumbelSoftmax{})}}, ""}, {"bits", runs{}, runs{vi.Config{Sites: of(vi.Enumerate{})}}, ""},
		{"bits", runs{}, runs{vi.Config{Sites: of(vi.Pathwise{})}}, "site z: Pathwise is not for a discrete site"}, {"normals", runs{}, runs{vi.Config{Sites: of(vi.Local{})}}, "site z: Local is not for a reparameterised site"},
		{"global", runs{}, runs{vi.Config{Sites: choice{"w": vi.STL{}}}}, "site w: STL has costs of its own"}}
	for name, e := range estimators() { // what a Run cannot realise it refuses
		kind := "normals"
		switch e.(type) {
		case vi.UnorderedSet, vi.Marginalised, vi.ARM, vi.DisARM, vi.ARMS, vi.DoubleCV, vi.RODEO, vi.REBAR, vi.RELAX, vi.VIMCO:
			kind = "bits"
		case vi.Pathwise, vi.Enumerate, vi.GumbelSoftmax, vi.StraightThrough, vi.GappedST, vi.DecoupledST, vi.Local, vi.Flipout, vi.PerDraw, vi.Single, vi.Separate:
			continue
		}
		all["Config.Sites"] = append(all["Config.Sites"], change{kind, runs{}, runs{vi.Config{K: 2, Sites: of(e)}}, "site z: " + name + " has costs of its own, which only an objective adds"})
		all["Config.Estimator"] = append(all["Config.Estimator"], change{kind, runs{}, runs{vi.Config{K: 2, Estimator: e}}, "site z: " + name + " has costs of its own"})
	}

	two := func(s *graph.Scope) vi.Data { return vi.Data{"w": s.Tensor([]float64{1, 2, 3, 4}, 2, 2)} }
	given := func(o func(vi.Config) vi.Objective, d func(s *graph.Scope) vi.Data) vi.Objective {
		return scoped{func(s *graph.Scope) vi.Objective {
			c := vi.Config{Total: 5}
			if d != nil {
				c.Globals = d(s)
			}
			return o(c)
		}}
	}
	none := func(s *graph.Scope) vi.Data { return vi.Data{"v": s.Const(1)} }
	for name, o := range map[string]func(vi.Config) vi.Objective{
		"ELBO":        func(c vi.Config) vi.Objective { return vi.ELBO{Config: c} },
		"FreeBits":    func(c vi.Config) vi.Objective { return vi.FreeBits{Config: c} },
		"IWAE":        func(c vi.Config) vi.Objective { return vi.IWAE{Config: c} },
		"Renyi":       func(c vi.Config) vi.Objective { c.K = 2; return vi.Renyi{Config: c, Alpha: .5} },
		"Expectation": func(c vi.Config) vi.Objective { return vi.Expectation{Config: c, Of: monteCarlo} },
		"Config":      func(c vi.Config) vi.Objective { return runs{c} },
	} {
		all[name+".Globals"] = []change{{"both", given(o, nil), given(o, two), ""}, {"both", given(o, nil), given(o, none), "the global v is given as a scalar"}}
	}
	all["IWVI.Globals"] = []change{{"global", whole(vi.Config{}), given(func(c vi.Config) vi.Objective { c.Total = 3; return whole(c) }, two), ""}}
	all["Chi.Globals"] = []change{{"normals", vi.Chi{Config: vi.Config{K: 2}}, given(func(c vi.Config) vi.Objective { return vi.Chi{Config: vi.Config{K: 2, Globals: c.Globals}} }, none), "the global v is given as a scalar"}}
	predict := func(f func(s *graph.Scope) vi.Prediction) vi.Objective { return predicts{f} }
	zero := predict(func(*graph.Scope) vi.Prediction { return vi.Prediction{} })
	all["Prediction.K"] = []change{{"both", zero, predict(func(*graph.Scope) vi.Prediction { return vi.Prediction{K: 2} }), ""}}
	all["Prediction.Rows"] = []change{{"both", zero, predict(func(*graph.Scope) vi.Prediction { return vi.Prediction{Rows: 2} }), "data x has 3 rows, Config.Rows has 2"}}
	all["Prediction.Sites"] = []change{{"both", zero, predict(func(*graph.Scope) vi.Prediction { return vi.Prediction{Sites: []string{"z"}} }), ""}}
	all["Prediction.Globals"] = []change{{"both", zero, predict(func(s *graph.Scope) vi.Prediction { return vi.Prediction{Globals: two(s)} }), ""}}
	all["Prediction.Draws"] = []change{{"both", zero, predict(func(s *graph.Scope) vi.Prediction {
		return vi.Prediction{Draws: vi.Data{"w": graph.Reshape(two(s)["w"], 1, 2, 2)}}
	}), ""}}
	all["Prediction.Of"] = []change{{"both", zero, predict(func(*graph.Scope) vi.Prediction {
		return vi.Prediction{Of: func(r *vi.Record) map[string]*graph.Node {
			return map[string]*graph.Node{"more": r.Site("z").Value}
		}}
	}), ""}}
	part := func(p vi.Part, d prob.Dist) vi.Objective { return blocks{p, d} }
	all["Part.Site"] = []change{{"global", part(vi.Part{Site: "w", Shape: []int{2, 2}}, prob.StdNormal(4)), part(vi.Part{Site: "v", Shape: []int{2, 2}}, prob.StdNormal(4)), "the guide draws [v]"}}
	all["Part.Shape"] = []change{{"global", part(vi.Part{Site: "w", Shape: []int{2, 2}}, prob.StdNormal(4)), part(vi.Part{Site: "w", Shape: []int{4}}, prob.StdNormal(4)), "want the leading axes that Global is given, [2]"}}
	all["Part.Bijector"] = []change{{"global", part(vi.Part{Site: "w", Shape: []int{2, 2}}, prob.StdNormal(4)), part(vi.Part{Site: "w", Shape: []int{2, 2}, Bijector: prob.Exp{}}, prob.StdNormal(4)), ""}}

	all["Model.Joint"] = []change{{"normals", vi.ELBO{}, without{"Joint"}, "model has no joint"}}
	all["Model.Guide"] = []change{{"normals", vi.ELBO{}, without{"Guide"}, "ELBO of a model without a guide would draw it from its prior"}}
	all["Score.Baseline"] = []change{{"bits", sites(vi.Score{}), sites(vi.Score{Baseline: vi.LeaveOneOut{}}), ""}}
	avg := func(d float64) vi.Objective { return sites(vi.Score{Baseline: vi.MovingAverage{Decay: d}}) }
	all["MovingAverage.Decay"] = []change{{"bits", avg(0), avg(.5), ""}, {"bits", avg(0), avg(-1), "a decay of -1"}}
	nvil := func(n vi.NVIL) vi.Objective { return sites(vi.Score{Baseline: n}) }
	all["NVIL.Input"] = []change{{"bits", nvil(vi.NVIL{}), nvil(vi.NVIL{Input: "y"}), "NVIL reads y"}}
	all["NVIL.Hidden"] = []change{{"bits", nvil(vi.NVIL{}), nvil(vi.NVIL{Hidden: 3}), ""}}
	at := func(f func(t *graph.Node) vi.Estimator) func() vi.Objective {
		return func() vi.Objective { return sites(f(graph.Const(.2))) }
	}
	all["GumbelSoftmax.Temperature"] = []change{{"bits", sites(vi.GumbelSoftmax{}), at(func(t *graph.Node) vi.Estimator { return vi.GumbelSoftmax{Temperature: t} }), ""}}
	all["StraightThrough.Temperature"] = []change{{"bits", sites(vi.StraightThrough{}), at(func(t *graph.Node) vi.Estimator { return vi.StraightThrough{Temperature: t} }), ""}}
	all["DReG.Prior"] = []change{{"normals", sites(vi.DReG{}), sites(vi.DReG{Prior: true}), "vi: site z: ELBO does not take DReG{Prior} at a reparameterised site"}}
	all["REBAR.Scale"] = []change{{"bits", sites(vi.REBAR{}), sites(vi.REBAR{Scale: .5}), ""}}
	all["REBAR.Temperature"] = []change{{"bits", sites(vi.REBAR{}), sites(vi.REBAR{Temperature: .9}), ""}, {"bits", sites(vi.REBAR{}), sites(vi.REBAR{Temperature: -1}), "a temperature of -1"}}
	all["RELAX.Scale"] = []change{{"bits", sites(vi.RELAX{}), sites(vi.RELAX{Scale: .5}), ""}}
	all["RELAX.Temperature"] = []change{{"bits", sites(vi.RELAX{}), sites(vi.RELAX{Temperature: .9}), ""}}
	all["RELAX.Hidden"] = []change{{"bits", sites(vi.RELAX{}), sites(vi.RELAX{Hidden: 3}), ""}}
	return all
}
