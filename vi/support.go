package vi

import (
	"fmt"
	"strings"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/prob"
)

// method is an estimator as a row of the support matrix.
type method uint8

const (
	pathwise method = iota
	stl
	dreg
	score
	movingAverage
	leaveOneOut
	nvil
	vimco
	enumerate
	gumbel
	straightThrough
	disarm
	rebar
	relax
	measure
	local
	single
	separate
	none
	methods
)

var methodNames = [methods]string{
	"Pathwise", "STL", "DReG", "Score", "Score{MovingAverage}", "Score{LeaveOneOut}", "Score{NVIL}", "VIMCO", "Enumerate",
	"GumbelSoftmax", "StraightThrough", "DisARM", "REBAR", "RELAX", "MeasureValued", "Local", "Single", "Separate", "(none)",
}

func (m method) String() string { return methodNames[m] }

// Name returns an estimator's name in the support matrix.
func Name(e Estimator) string {
	if op.Nil(e) {
		graph.Fail("vi: the Estimator is nil: it has no name")
	}
	return plain("vi.Name", e).method().String()
}

// objective is a column of the support matrix.
type objective uint8

const (
	elbo objective = iota
	capacity
	freeBits
	iwae
	renyi
	chi
	wakeSleep
	reweighted
	objectives
)

var objectiveNames = [objectives]string{"ELBO", "Capacity", "FreeBits", "IWAE", "Renyi", "Chi", "WakeSleep", "ReweightedWakeSleep"}

func (o objective) String() string { return objectiveNames[o] }

// siteKind is what an estimator sees of a site.
type siteKind uint8

const (
	reparameterised siteKind = iota // a local latent whose law is prob.Pathwise
	discrete                        // any other local latent
	global
	product
	siteKinds
)

var kindNames = [siteKinds]string{"a reparameterised", "a discrete", "a global", "a product"}

func (k siteKind) String() string { return kindNames[k] }

func (s *Site) kind() siteKind {
	switch {
	case s.product:
		return product
	case s.Global:
		return global
	}
	if _, ok := s.law().(prob.Pathwise); ok {
		return reparameterised
	}
	return discrete
}

// verdict says whether a combination is taken.
type verdict byte

const (
	refused  verdict = '-'
	unbiased verdict = 'u'
	biased   verdict = 'b'
)

// table is the one place that says what goes with what: for each estimator and
// kind of site, a verdict for each objective in order.
var table = map[method]map[siteKind]string{
	//                                   ELBO Capacity FreeBits IWAE Renyi Chi WakeSleep RWS
	pathwise:        {reparameterised: "uuuuuu--", global: "uuuuu---"},
	stl:             {reparameterised: "u--bbb--", global: "u--uu---"},
	dreg:            {reparameterised: "u--uuu--"},
	score:           {reparameterised: "u--uuu--", discrete: "u--uuu--", global: "u--uu---"},
	movingAverage:   {reparameterised: "u--uuu--", discrete: "u--uuu--", global: "u--uu---"},
	leaveOneOut:     {reparameterised: "u-------", discrete: "u-------"},
	nvil:            {reparameterised: "u--uuu--", discrete: "u--uuu--"},
	vimco:           {reparameterised: "u--uuu--", discrete: "u--uuu--"},
	enumerate:       {discrete: "u--uuu-b"},
	gumbel:          {discrete: "bbbbbb--"},
	straightThrough: {discrete: "bbbbbb--"},
	disarm:          {discrete: "u-------"},
	rebar:           {discrete: "u-------"},
	relax:           {discrete: "u-------"},
	measure:         {reparameterised: "u-------"},
	local:           {product: "uuu-----"},
	single:          {product: "uuuuu---"},
	separate:        {product: "uuuuu---"},
	none:            {reparameterised: "------ub", discrete: "------ub"},
}

func support(m method, o objective, k siteKind) verdict {
	if row := table[m][k]; row != "" {
		return verdict(row[o])
	}
	return refused
}

// ways lists the estimators that an objective takes at a site.
func ways(o objective, s *Site) string {
	var names []string
	for m := range methods {
		if support(m, o, s.kind()) != refused && s.passes(m) {
			names = append(names, m.String())
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// SupportMatrix prints which estimators each objective takes, by kind of site.
func SupportMatrix() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-22s%-17s", "estimator", "site")
	for o := range objectives {
		fmt.Fprintf(&b, " %-*s", max(len(o.String()), 8), o)
	}
	end := func() {
		s := strings.TrimRight(b.String(), " ")
		b.Reset()
		b.WriteString(s + "\n")
	}
	end()
	for m := range methods {
		for k := range siteKinds {
			if table[m][k] == "" {
				continue
			}
			fmt.Fprintf(&b, "%-22s%-17s", m, strings.TrimPrefix(k.String(), "a "))
			for o := range objectives {
				word := map[verdict]string{refused: "-", unbiased: "unbiased", biased: "biased"}[support(m, o, k)]
				fmt.Fprintf(&b, " %-*s", max(len(o.String()), 8), word)
			}
			end()
		}
	}
	return b.String()
}
