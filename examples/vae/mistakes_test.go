package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBadInput(t *testing.T) {
	dir, out := pictures(t), t.TempDir()
	model := filepath.Join(out, "model.safetensors")
	if _, err := vae(t, append([]string{"-data", dir, "-out", out, "-evaluate", "2"}, small...)...); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(out, "evidence.csv")
	file := filepath.Join(out, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	broken := func(name string, n, h, w int) string {
		d := pictures(t)
		idx(t, d, name, n, h, w, func(int) byte { return 1 })
		return d
	}
	truncated := pictures(t)
	if err := os.Truncate(filepath.Join(truncated, "train-images-idx3-ubyte.gz"), 2000); err != nil {
		t.Fatal(err)
	}
	magic := pictures(t)
	if err := os.WriteFile(filepath.Join(magic, "train-images-idx3-ubyte.gz"), []byte("digits"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		want string
	}{
		{"-epochs 0", "-epochs 0: want 1 to 100000"},
		{"-latent -1", "-latent -1: want 1 to 100000"},
		{"-hidden 3000000000000", "-hidden 3000000000000: want 1 to 100000"},
		{"-rate NaN", "-rate NaN: want a number between 0 and 1"},
		{"-binarize maybe", "-binarize maybe: want dynamic or static"},
		{"-likelihood poisson", "-likelihood poisson: want one of bernoulli, continuous-bernoulli, discretized-logistic, normal"},
		{"-objective evidence", "-objective evidence: want one of elbo, free-bits, iwae, renyi, reweighted-wake-sleep, wake-sleep"},
		{"-estimator reinforce", "-estimator reinforce: want one of dreg, measure-valued, nvil"},
		{"-objective wake-sleep -estimator stl", "-estimator stl: -objective wake-sleep holds all draws and takes none"},
		{"-data " + dir + " -objective iwae -k 3 -estimator score-loo", "site z"},
		{"-alpha 1", "-alpha 1: want a finite number other than 1"},
		{"-lambda NaN", "-lambda NaN: want a finite number not below 0"},
		{"-k 0", "-k 0: want 1 to 100000"},
		{"-evaluate 1", "-evaluate 1: want 2 to 100000, or 0"},
		{"-compare " + file, "-compare: wants -evaluate"},
		{"-data " + dir + " -evaluate 5 -compare " + file, "-compare: " + file + ": want the header [\"picture\" \"pixels\" \"logp bernoulli\" \"stderr\"] and a line for each of the 60 test pictures"},
		{"-data " + dir + " -seed 2 -evaluate 5 -compare " + other, "-compare: " + other + ": line 2 is of another picture: the other run had other -data, -binarize or -seed"},
		{"-data " + dir + " -likelihood normal -evaluate 5 -compare " + other, "-compare: " + other + ": want the header"},
		{"-epochs many", `invalid value "many" for flag -epochs`},
		{"more", `unexpected argument "more"`},
		{"-out " + file, "-out: mkdir " + file},
		{"-data " + filepath.Join(dir, "none"), "-data: data: load " + filepath.Join(dir, "none")},
		{"-data " + truncated, "train-images-idx3-ubyte.gz"},
		{"-data " + magic, "train-images-idx3-ubyte.gz"},
		{"-data " + broken("train-labels-idx1-ubyte.gz", 7, 0, 0), "250"},
		{"-data " + broken("t10k-images-idx3-ubyte.gz", 60, 20, 20), "images of 20x20"},
		{"-data " + dir + " -load " + file, "-load: graph: load: safetensors: " + file},
		{"-data " + dir + " -hidden 8 -latent 2 -load " + model, "-load: graph: load " + model + ": parameter dec/0/b has shape"},
		{"-data " + dir + " -hidden 16 -latent 2 -likelihood normal -load " + model, "-load: graph: load " + model + ": parameter likelihood/bernoulli is in the file and unknown to the model: another one has saved it"},
		{"-data " + dir + " -hidden 16 -latent 2 -depth 2 -load " + model, "-load: graph: load " + model + ": parameter dec/1/b"},
	} {
		args := strings.Fields(c.args)
		where := filepath.Join(t.TempDir(), "out")
		if !strings.Contains(c.args, "-out") {
			args = append(args, "-out", where)
		}
		_, err := vae(t, args...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("vae %s: error %v, want %s", c.args, err, c.want)
			continue
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("vae %s: error of several lines: %q", c.args, err)
		}
		if left, _ := os.ReadDir(where); len(left) > 0 {
			t.Errorf("vae %s: left %v behind", c.args, left)
		}
	}
}
