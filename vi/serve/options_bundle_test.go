package serve_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi/serve"
)

// bundleOptions are the changes of what a bundle says.
func bundleOptions(t *testing.T) map[string][][]string {
	p := params(t, 4)
	written := func(change func(*serve.Info)) string {
		dir := t.TempDir()
		i := info
		i.Arrays = slices.Clone(i.Arrays)
		change(&i)
		if err := serve.Write(dir, i, p, known); err != nil {
			return "error " + err.Error()
		}
		b, err := serve.Open(os.DirFS(dir), known)
		if err != nil {
			return "error " + err.Error()
		}
		return fmt.Sprintf("%+v", b.Training) + fmt.Sprint(b.Arrays) + string(b.Config)
	}
	whole := t.TempDir()
	if err := serve.Write(whole, info, p, known); err != nil {
		t.Fatal(err)
	}
	// edited is a bundle whose model.json was changed by hand.
	edited := func(change func(*serve.Info)) string {
		file := filepath.Join(whole, "model.json")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var i serve.Info
		if err := json.Unmarshal(text, &i); err != nil {
			t.Fatal(err)
		}
		change(&i)
		other, err := json.Marshal(i)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, other, 0o666); err != nil {
			t.Fatal(err)
		}
		defer os.WriteFile(file, text, 0o666)
		m, err := serve.Load(os.DirFS(whole), known, serve.Config{Runs: 1})
		if err != nil {
			return "error " + err.Error()
		}
		m.Close()
		return "loaded"
	}
	plain, loaded := written(func(*serve.Info) {}), edited(func(*serve.Info) {})
	changed := func(change func(*serve.Info)) []string { return []string{plain, written(change)} }
	refused := func(text string, change func(*serve.Info)) []string { return []string{loaded, edited(change), text} }
	other := json.RawMessage(`{"Hidden": 8}`)
	return map[string][][]string{
		"Info.Format":       {refused("format", func(i *serve.Info) { i.Format = "latent bundle 2" })},
		"Info.Architecture": {append(changed(func(i *serve.Info) { i.Architecture = "gan" }), "gan")},
		"Info.Config":       {append(changed(func(i *serve.Info) { i.Config = other }), "shape")},
		"Info.Dtype":        {refused("float", func(i *serve.Info) { i.Dtype = graph.Float64.String() })},
		"Info.Arrays":       {changed(func(i *serve.Info) { i.Arrays[0].About = "ink" })},
		"Info.Training":     {changed(func(i *serve.Info) { i.Training = serve.Training{} })},
		"Info.Weights":      {refused("weights", func(i *serve.Info) { i.Weights = serve.Weights{} })},
		"Info.Canary":       {refused("canary", func(i *serve.Info) { i.Canary = &serve.Canary{Outputs: map[string]map[string][]float64{"x": nil}} })},
		"Training.Seed":     {changed(func(i *serve.Info) { i.Training.Seed++ })},
		"Training.Data":     {changed(func(i *serve.Info) { i.Training.Data += "!" })},
		"Training.Epochs":   {changed(func(i *serve.Info) { i.Training.Epochs++ })},
		"Training.Bound":    {changed(func(i *serve.Info) { i.Training.Bound++ })},
		"Training.Library":  {changed(func(i *serve.Info) { i.Training.Library = "v9" })},
		"Training.About":    {changed(func(i *serve.Info) { i.Training.About = "held out" })},
		"Weights.File":      {refused("file", func(i *serve.Info) { i.Weights.File = "model-0000000000000000.safetensors" })},
		"Weights.Bytes":     {refused("bytes", func(i *serve.Info) { i.Weights.Bytes-- })},
		"Weights.SHA256":    {refused("SHA-256", func(i *serve.Info) { i.Weights.SHA256 = "0" + i.Weights.SHA256[1:] + "x" })},
		"Canary.Values":     {refused("canary", func(i *serve.Info) { i.Canary.Values["x"][0] = 1 - i.Canary.Values["x"][0] })},
		"Canary.Seed":       {refused("canary", func(i *serve.Info) { i.Canary.Seed++ })},
		"Canary.Outputs":    {refused("canary", func(i *serve.Info) { i.Canary.Outputs["encode"]["z/mean"][0]++ })},
	}
}
