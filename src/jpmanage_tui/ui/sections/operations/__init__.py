"""Operations: runs of many and single changes, as the journal has them."""
