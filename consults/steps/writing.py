"""Rows written together: a save asks the database as often for one row as for ten."""


def write(told, unique=()):
    """Write [(row, values)]: rows that are new, and rows whose values differ. Returns the rows.

    `unique` names the columns by which the table knows a row before it is stored: then new and
    changed rows are one statement, otherwise two.
    """
    new, changed, names = [], [], set()
    for row, values in told:
        differs = {name for name, value in values.items() if getattr(row, name) != value}
        for name in differs:
            setattr(row, name, values[name])
        if row._state.adding:
            new.append(row)
        elif differs:
            changed.append(row)
            names |= differs
    if unique and changed:
        write_over([*new, *changed], unique, names)
    else:
        if new:
            type(new[0]).objects.bulk_create(new)
        if changed:
            type(changed[0]).objects.bulk_update(changed, sorted(names))
    return [row for row, _ in told]


def write_over(rows, unique, names):
    """Write these rows; of one that is stored already, only the columns `names`."""
    if rows:
        type(rows[0]).objects.bulk_create(
            rows, update_conflicts=True, unique_fields=list(unique), update_fields=sorted(names)
        )
