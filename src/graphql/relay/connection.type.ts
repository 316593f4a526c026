import { type ClassType, Field, Int, ObjectType } from "type-graphql";
import type { Page } from "../../loaders/page";

@ObjectType({ simpleResolvers: true, description: "Where a page stands (Relay Cursor Connections)." })
export class PageInfo {
  @Field(() => Boolean, { description: "Whether `endCursor` leads to more." })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: "True when `after` was given. Stytch pages forwards only." })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: "Cursor of the first edge; null on an empty page." })
  startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The `after` of the next page: the cursor of the last edge, or one behind it. Null on an empty page that leads nowhere.",
  })
  endCursor!: string | null;
}

/** What every connection holds, whatever its items are. */
export interface Connection<T> {
  edges: { cursor: string; node: T }[];
  nodes: T[];
  pageInfo: PageInfo;
  totalCount: number | null;
}

/** The `XConnection` and `XEdge` types for one item type. */
export function connectionOf<T extends object>(Item: ClassType<T>): ClassType<Connection<T>> {
  @ObjectType(`${Item.name}Edge`, { simpleResolvers: true, description: "One item of a page and its cursor." })
  class Edge {
    @Field(() => String, { description: "Pass it as `after` to read on from here. Opaque." })
    cursor!: string;

    @Field(() => Item, { description: "The item itself." })
    node!: T;
  }

  @ObjectType(`${Item.name}Connection`, {
    simpleResolvers: true,
    description: "One page of a list (Relay Cursor Connections).",
  })
  class ItemConnection implements Connection<T> {
    @Field(() => [Edge], { description: "The items of this page with their cursors." })
    edges!: Edge[];

    @Field(() => [Item], { description: "The edges' nodes, for those who need no cursors." })
    nodes!: T[];

    @Field(() => PageInfo, { description: "How to go on." })
    pageInfo!: PageInfo;

    @Field(() => Int, {
      nullable: true,
      description: "All matches, not only this page. Null when Stytch does not count.",
    })
    totalCount!: number | null;
  }
  return ItemConnection;
}

/** An edge makes its cursor when it is selected. */
class PageEdge<T> {
  constructor(
    readonly node: T,
    private readonly page: Page<unknown>,
    private readonly index: number,
  ) {}

  get cursor(): string {
    return this.page.cursorAt(this.index);
  }
}

/** Makes its items when they are selected: an answer that turns out too large is refused before that. */
class PageConnection<R, T> implements Connection<T> {
  private made: PageEdge<T>[] | undefined;

  constructor(
    private readonly page: Page<R>,
    private readonly toNode: (record: R) => T,
  ) {}

  get length(): number {
    return this.page.records.length;
  }

  get edges(): PageEdge<T>[] {
    this.made ??= this.page.records.map((record, index) => new PageEdge(this.toNode(record), this.page, index));
    return this.made;
  }

  get nodes(): T[] {
    return this.edges.map(({ node }) => node);
  }

  get pageInfo(): PageInfo {
    const { page, length } = this;
    return {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: page.hasPreviousPage,
      startCursor: length > 0 ? page.cursorAt(0) : null,
      endCursor: page.endCursor ?? (length > 0 ? page.cursorAt(length - 1) : null),
    };
  }

  get totalCount(): number | null {
    return this.page.totalCount;
  }
}

export const toConnection = <R, T>(page: Page<R>, toNode: (record: R) => T): Connection<T> =>
  new PageConnection(page, toNode);
