// Package models has the models of Kingma's thesis, Variational Inference and
// Deep Learning, as functions that declare their networks and return a
// vi.Model: to train as they are, to copy, to change. The programs beside this
// package and the published tables of bench/thesis are made of them.
//
//	vae.go        VAE: one layer of latents, any guide, prior and likelihood (chapter 2)
//	flows.go      flows behind the posterior of a VAE (chapter 5)
//	pictures.go   residual networks of pictures, as encoder and decoder of a VAE (chapter 5)
//	m2.go         M2: classes and style, for labels that are mostly missing (chapter 3)
//	semisupervised.go   the objective that trains M2 on few labels; features.go, what
//	              M1 gives to M1+M2
//	ladder.go     Ladder: several layers of latents, bottom-up or top-down guide (chapter 4)
//	markov.go     Markov: states over time, and a guide that combines them with what is to come
//	discrete.go   a VAE with discrete latents (chapter 5)
//	bayes.go      regression and classification with latent weights (chapter 6)
//	joined.go     a dense layer of two inputs
//	models.go     Normal, the law that a network's output says
package models

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// Normal splits the last axis of a network's output, 2·d wide, into the
// parameters of a normal distribution of d elements.
func Normal(h *graph.Node, d int) prob.Normal {
	return prob.Normal{Mean: graph.Cols(h, 0, d), LogStd: graph.Cols(h, d, 2*d)}
}
