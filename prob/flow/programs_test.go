package flow_test

import "github.com/latentgo/latent/internal/engine"

// Every program that these tests make is looked over.
func init() { engine.CheckPrograms = true }
