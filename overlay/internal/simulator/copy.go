package simulator

// Copied is an object that shares no map and no list with another one.
func Copied(object map[string]any) map[string]any {
	return copied(object).(map[string]any)
}

func copied(value any) any {
	switch value := value.(type) {
	case map[string]any:
		object := make(map[string]any, len(value))
		for name, member := range value {
			object[name] = copied(member)
		}
		return object
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = copied(item)
		}
		return list
	}
	return value
}
