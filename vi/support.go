package vi

import (
	"fmt"
	"strings"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// estimators are the rows of the support matrix.
var estimators = []Estimator{
	Pathwise{}, STL{}, DReG{}, DReG{Prior: true}, Score{}, Score{MovingAverage{}}, Score{LeaveOneOut{}}, Score{NVIL{}}, VIMCO{}, Enumerate{}, UnorderedSet{}, Marginalised{},
	GumbelSoftmax{}, StraightThrough{}, GappedST{}, DecoupledST{}, ARM{}, DisARM{}, ARMS{}, DoubleCV{}, RODEO{}, REBAR{}, RELAX{}, MeasureValued{}, Local{}, Flipout{}, PerDraw{}, Single{}, Separate{}, asDrawn{},
}

// Name returns an estimator's name in the support matrix.
func Name(e Estimator) string {
	if op.Nil(e) {
		graph.Fail("vi: the Estimator is nil: it has no name")
	}
	return plain("vi.Name", e).describe().name
}

// ways lists the estimators that an objective takes at a site.
func ways(o objective, s *Site) string {
	var names []string
	for _, e := range estimators {
		if d := e.describe(); support(d, o, s.kind()) != refused && d.passes(s) {
			names = append(names, d.name)
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// SupportMatrix prints which estimators each objective takes, by kind of site. It
// is worked out from what each estimator needs and what objectives and sites
// offer.
func SupportMatrix() string {
	var b strings.Builder
	line := func(estimator, site string, cell func(o objective) string) {
		s := fmt.Sprintf("%-22s%-17s", estimator, site)
		for _, o := range objectives {
			s += fmt.Sprintf(" %-*s", max(len(o.name), 8), cell(o))
		}
		b.WriteString(strings.TrimRight(s, " ") + "\n")
	}
	line("estimator", "site", func(o objective) string { return o.name })
	for _, e := range estimators {
		d := e.describe()
		for k := range siteKinds {
			taken := false
			for _, o := range objectives {
				taken = taken || support(d, o, k) != refused
			}
			if taken {
				line(d.name, strings.TrimPrefix(k.String(), "a "), func(o objective) string { return string(support(d, o, k)) })
			}
		}
	}
	return b.String()
}
