// Package serve answers requests about a trained model.
package serve
