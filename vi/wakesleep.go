package vi

import (
	"maps"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
)

// asDrawn is what wake-sleep does with every latent: nothing passes its draw.
type asDrawn struct{}

func (asDrawn) describe() estimator {
	return estimator{name: "(none)", needs: holds | local | scores | density, held: true}
}

// WakeSleep trains the joint on what the guide infers and the guide on what the
// joint dreams (Hinton, Dayan, Frey and Neal, 1995), by two costs,
//
//	wake:  −E_q(z|x) log p(x,z)        sleep:  −E_p(x,z) log q(z|x)
//
// both with all values held, so any law that can be drawn from will do. The
// sleep draws as many dreams as there are rows. The value is the Monte Carlo
// ELBO; terms "elbo" and "sleep" (E log q of the dreams). Data that are no site
// of the joint, such as inputs of a conditional model, are given to the dreams.
type WakeSleep struct {
	K int // draws for each datum in the wake phase; 0 means 1
}

// ReweightedWakeSleep trains joint and guide by self-normalised importance
// weights w̃ over K draws,
//
//	wake joint:  −Σ_k w̃_k log p(x,z_k)        wake guide:  −Σ_k w̃_k log q(z_k|x)
//
// with all values held (Bornschein and Bengio, arXiv 1406.2751).
// The first is the gradient of IWAE by the joint's parameters; the second
// estimates that of KL(p(z|x) ‖ q(z|x)) with a bias that vanishes as K grows.
// With one draw every weight is 1 and the second has mean 0: where the guide draws
// a latent, K is 2 or more. The value is that of IWAE; terms "elbo" and "ess".
type ReweightedWakeSleep struct {
	K         int      // draws for each datum, 2 or more
	Enumerate []string // as in Config: sites of the joint that the guide does not have
}

var (
	_ Objective = WakeSleep{}
	_ Objective = ReweightedWakeSleep{}
)

// Estimate implements Objective.
func (o WakeSleep) Estimate(s *graph.Scope, m Model, d Data) *Estimate {
	if m.Guide == nil {
		graph.Fail("vi: WakeSleep of a model without a guide")
	}
	r := trace(s, m, d, Config{K: o.K, Estimator: asDrawn{}})
	r.observes(wakeSleep)
	hold := assign(r, wakeSleep).held()
	e := &Estimate{Record: r, PerRow: r.perRow(r.LogWeights())}
	e.Value = graph.Mean(e.PerRow)

	inputs := Data{}
	for name, x := range d {
		if r.find(name) == nil {
			inputs[name] = x
		}
	}
	sleep := s.In("sleep")
	dream := begin(sleep, Model{Joint: m.Joint}, inputs, Config{Rows: r.Rows})
	for name := range inputs { // some may be the guide's alone
		dream.used[name] = true
	}
	door.Replay(s, func() { door.Run(sleep, dream.trace) }) // states are those of the wake phase
	given, dreams := maps.Clone(inputs), valuesOf(dream.sites)
	for _, s := range dream.sites {
		given[s.Name] = dream.asData(s.Value)
	}
	var asleep *Record
	door.Replay(s, func() { asleep = trace(sleep, m, given, Config{}) })
	score := zeros(r)
	for _, s := range asleep.sites {
		if s.Q != nil {
			score = score.Add(asleep.perRow(s.LogQ))
		}
	}
	e.Terms = map[string]*graph.Node{"elbo": e.Value, "sleep": graph.Mean(score)}
	e.Costs = []Cost{
		{Name: "wake", Node: graph.Mean(r.perRow(r.jointScore())).Neg(), Hold: hold},
		{Name: "sleep", Node: e.Terms["sleep"].Neg(), Hold: dreams},
	}
	return e
}

// Estimate implements Objective.
func (o ReweightedWakeSleep) Estimate(s *graph.Scope, m Model, d Data) *Estimate {
	r := trace(s, m, d, Config{K: o.K, Enumerate: o.Enumerate, Estimator: asDrawn{}})
	r.observes(reweighted)
	ls := assign(r, reweighted)
	p := particles{of: reweighted, beta: 1, lower: true}
	p.fits(r, ls)
	if r.logWeight() != nil {
		graph.Fail("vi: ReweightedWakeSleep draws what the guide has; leave the enumerated sites %v out of the guide to sum them out of the joint", r.enumerated())
	}
	e := &Estimate{Record: r, PerRow: graph.Reshape(p.mean(p.powers(r, ls, nil)), r.Rows)}
	e.Value = graph.Mean(e.PerRow)
	e.Terms = map[string]*graph.Node{
		"elbo": graph.Mean(r.perRow(r.LogWeights())),
		"ess":  graph.Mean(EffectiveSampleSize(r.summed(), 0)),
	}
	w := graph.StopGrad(p.normalised(r, ls)).Scale(-1 / float64(r.Rows))
	e.Costs = []Cost{{Name: "wake joint", Node: graph.Sum(w.Mul(r.jointScore())), Hold: ls.held()}}
	for _, l := range ls {
		if l.Q != nil {
			e.Costs = append(e.Costs, Cost{Name: "wake guide/" + l.Name, Node: graph.Sum(w.Mul(l.LogQ)), Hold: ls.held()})
		}
	}
	return e
}
