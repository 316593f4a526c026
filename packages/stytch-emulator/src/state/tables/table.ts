/** Records by id, in the order they were created (U13: that is also the order of every list). */
export class Table<T> {
  private readonly records = new Map<string, T>();
  private readonly sequences = new Map<string, number>();
  private created = 0;

  get size(): number {
    return this.records.size;
  }

  get(id: string): T | undefined {
    return this.records.get(id);
  }

  has(id: string): boolean {
    return this.records.has(id);
  }

  set(id: string, record: T): void {
    if (!this.sequences.has(id)) this.sequences.set(id, ++this.created);
    this.records.set(id, record);
  }

  delete(id: string): boolean {
    this.sequences.delete(id);
    return this.records.delete(id);
  }

  values(): IterableIterator<T> {
    return this.records.values();
  }

  /** Grows with every creation; the position a search cursor points at. */
  sequenceOf(id: string): number {
    return this.sequences.get(id) ?? 0;
  }

  clear(): void {
    this.records.clear();
    this.sequences.clear();
    this.created = 0;
  }
}
