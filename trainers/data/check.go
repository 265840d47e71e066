package data

// notNil panics unless there is a set to read.
func (s *Set) notNil() {
	if s == nil {
		panic("data: the Set is nil, want one that New or Load returned without an error")
	}
}
