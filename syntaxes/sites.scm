; What has to be found anywhere in a file without visiting every node from outside: the parser's own code
; walks the tree for this query. Names and bodies are read by src/core/lower.

; Matrix products by operator.
(binary_operator operator: "@") @product
(augmented_assignment operator: "@=") @product

; Attributes of instances: which method gives which attribute its value.
(assignment left: (attribute object: (identifier)) @field)
(assignment left: (pattern_list (attribute object: (identifier)) @field))
(assignment left: (tuple_pattern (attribute object: (identifier)) @field))
