//! Fields: their names, types and arguments, and how their values are resolved.

use std::{any::Any, borrow::Cow, sync::Arc};

use async_graphql::{Value, dynamic::TypeRef};
use futures_util::{FutureExt, future};

use super::{
    ArgumentValue, ArgumentValues, Call, Erased, GraphqlError, InternalError, Limits,
    ResolvedValue, Resolver, ResolverFuture, SelectedColumns,
    resolver::{RustType, downcast, read_columns},
};
use crate::{
    db::{Cell, CellKind, ColumnRef},
    vocabulary::Vocabulary,
};

/// Validates and converts the coerced arguments of a request.
type PrepareFn = dyn Fn(&ArgumentValues, &Limits) -> Result<Erased, GraphqlError> + Send + Sync;
/// Computes, from the prepared arguments, what the resolver needs each time the request is executed.
type PlanFn = dyn Fn(&Erased, SelectedColumns<'_>) -> Result<Erased, InternalError> + Send + Sync;
/// Derives the plan for the second arguments from the plan for the first ones, if it can.
type AdaptPlanFn = dyn Fn(&Erased, [&Erased; 2]) -> Option<Erased> + Send + Sync;
/// Returns how many objects the field may return per row.
type ListSizeFn = dyn Fn(&Erased) -> u64 + Send + Sync;

/// A field of an object type.
#[derive(Clone)]
pub struct Field {
    /// The name, such as `isCapital`.
    pub name: &'static str,
    /// The description in the schema, in Markdown.
    pub description: Cow<'static, str>,
    /// The type of its value.
    pub ty: TypeRef,
    /// The arguments in the order of the schema.
    pub arguments: Vec<Argument>,
    /// The columns of the row that the resolver reads.
    pub required_columns: Vec<ColumnRef>,
    /// How the values are resolved.
    pub resolver: Resolver,
    /// Prepares the arguments.
    pub prepare: Arc<PrepareFn>,
    /// Prepares the resolver.
    pub plan: Arc<PlanFn>,
    pub(super) adapt_plan: Arc<AdaptPlanFn>,
    pub(super) list_size: Arc<ListSizeFn>,
    /// The type of the rows that the resolver reads: [`ColumnRef`] if it reads columns, and `None` if it
    /// reads nothing.
    pub(super) row_type: Option<RustType>,
    /// The type that `prepare` returns.
    pub(super) prepared_type: RustType,
    /// The types of prepared arguments that `plan`, `adapt_plan`, `list_size` and the resolver expect.
    pub(super) expected_types: Vec<RustType>,
    /// Whether the field costs the same for every number of rows on the page.
    pub(super) is_page_level: bool,
}

impl Field {
    /// Defines a field. `ty` is GraphQL, such as `[State!]!`. A method below adds the resolver, unless
    /// the field belongs to an interface.
    pub fn new(name: &'static str, ty: &str, description: &'static str) -> Self {
        Self {
            name,
            description: description.into(),
            ty: parse_type_ref(ty),
            arguments: Vec::new(),
            required_columns: Vec::new(),
            resolver: Resolver::Interface,
            prepare: Arc::new(|_, _| Ok(Arc::new(()))),
            plan: Arc::new(|_, _| Ok(Arc::new(()))),
            adapt_plan: Arc::new(|_, _| None),
            list_size: Arc::new(|_| 1),
            row_type: None,
            prepared_type: RustType::of::<()>(),
            expected_types: Vec::new(),
            is_page_level: false,
        }
    }

    fn with_resolver<T: Any>(mut self, resolver: Resolver) -> Self {
        self.row_type = Some(RustType::of::<T>());
        self.resolver = resolver;
        self
    }

    /// Defines a field that returns a column. The type follows from that of the column.
    pub fn column(
        name: &'static str,
        description: &'static str,
        column: impl sea_orm::ColumnTrait,
    ) -> Self {
        let column = ColumnRef::new(column);
        let field = Self::new(name, scalar_of(column), description)
            .with_resolver::<ColumnRef>(Resolver::Column(column))
            .requires_columns(&[column]);
        match column.nullable {
            true => field,
            false => field.non_null(),
        }
    }

    /// Sets that the column contains values of an enum.
    #[must_use]
    pub fn of_enum<V: Vocabulary>(mut self) -> Self {
        let name = TypeRef::Named(V::NAME.into());
        self.ty = match self.ty {
            TypeRef::NonNull(_) => TypeRef::NonNull(Box::new(name)),
            _ => name,
        };
        self
    }

    /// Sets that no row of the object type has a null in the column, though other rows of the table may.
    #[must_use]
    pub fn non_null(mut self) -> Self {
        self.ty = TypeRef::NonNull(Box::new(self.ty));
        self
    }

    /// Computes the value from a row of type `T`.
    #[must_use]
    pub fn compute<T: Any, O: Into<ResolvedValue>>(
        self,
        compute: impl Fn(&T) -> O + Send + Sync + 'static,
    ) -> Self {
        let resolver = Resolver::Compute(Arc::new(move |rows| {
            let rows = rows.iter().map(downcast);
            rows.map(|row| Ok(compute(row?).into())).collect()
        }));
        self.with_resolver::<T>(resolver)
    }

    /// Computes the value from columns of a stored row.
    #[must_use]
    pub fn compute_from_columns<const N: usize, O: Into<ResolvedValue>>(
        self,
        columns: [ColumnRef; N],
        compute: impl Fn([&Cell; N]) -> O + Send + Sync + 'static,
    ) -> Self {
        let field = self.requires_columns(&columns);
        let resolver = Resolver::Compute(Arc::new(move |rows| {
            let rows = read_columns(rows, &columns).unwrap_or_default();
            Ok(rows
                .into_iter()
                .map(|cells| compute(cells).into())
                .collect())
        }));
        field.with_resolver::<ColumnRef>(resolver)
    }

    /// Loads the values for all rows of a level, of type `T`, at once.
    ///
    /// `plan` runs once for each planned request, and `run` each time the plan is executed. `run`
    /// returns one value per row.
    #[must_use]
    pub fn batch<T: Any + Sync, A: Any + Sync, P: Any + Send + Sync>(
        self,
        plan: impl Fn(&A, SelectedColumns<'_>) -> P + Send + Sync + 'static,
        run: impl for<'a> Fn(Call<'a, Vec<&'a T>, A, P>) -> ResolverFuture<'a> + Send + Sync + 'static,
    ) -> Self {
        let resolver = Resolver::Batch(Arc::new(move |call| {
            let rows = call.rows.iter().map(downcast).collect::<Result<_, _>>()?;
            Ok(run(call.with_types(rows)?))
        }));
        self.with_resolver::<T>(resolver).with_plan(plan)
    }

    /// Like [`Self::batch`], for a field that reads columns of stored rows.
    #[must_use]
    pub fn batch_from_columns<const N: usize, A: Any + Sync, P: Any + Send + Sync>(
        self,
        columns: [ColumnRef; N],
        plan: impl Fn(&A, SelectedColumns<'_>) -> P + Send + Sync + 'static,
        run: impl for<'a> Fn(Call<'a, Vec<[&'a Cell; N]>, A, P>) -> ResolverFuture<'a>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let field = self.requires_columns(&columns).with_plan(plan);
        let resolver = Resolver::Batch(Arc::new(move |call| {
            match read_columns(call.rows, &columns) {
                Some(rows) => Ok(run(call.with_types(rows)?)),
                None => Ok(future::ready(Ok(Vec::new())).boxed()),
            }
        }));
        field.with_resolver::<ColumnRef>(resolver)
    }

    /// Like [`Self::batch`], for a field that has the same value for all rows, such as a root field.
    #[must_use]
    pub fn once<A: Any + Sync, P: Any + Send + Sync>(
        mut self,
        plan: impl Fn(&A, SelectedColumns<'_>) -> P + Send + Sync + 'static,
        run: impl for<'a> Fn(Call<'a, (), A, P>) -> ResolverFuture<'a, ResolvedValue>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.resolver = Resolver::Batch(Arc::new(move |call| {
            let n = call.rows.len();
            let value = run(call.with_types(())?);
            Ok(async move { Ok(vec![value.await?; n]) }.boxed())
        }));
        self.with_plan(plan)
    }

    /// Sets which columns the rows need. `column` and the methods with `from_columns` do that, so this is
    /// only for a computed row whose parent reads columns for the selected fields alone.
    #[must_use]
    pub fn requires_columns(mut self, columns: &[ColumnRef]) -> Self {
        self.required_columns = columns.to_vec();
        self
    }

    /// Sets how the plan for new arguments is derived from that for previous ones, if the same columns are selected. With
    /// `None`, the plan step is repeated.
    #[must_use]
    pub fn adapt_plan<A: Any, P: Any + Send + Sync>(
        mut self,
        adapt: impl Fn(&P, [&A; 2]) -> Option<P> + Send + Sync + 'static,
    ) -> Self {
        self.expected_types.push(RustType::of::<A>());
        self.adapt_plan = Arc::new(move |plan, [previous, current]| {
            let arguments = [previous.downcast_ref()?, current.downcast_ref()?];
            Some(Arc::new(adapt(plan.downcast_ref()?, arguments)?))
        });
        self
    }

    fn with_plan<A: Any, P: Any + Send + Sync>(
        mut self,
        plan: impl Fn(&A, SelectedColumns<'_>) -> P + Send + Sync + 'static,
    ) -> Self {
        self.expected_types.push(RustType::of::<A>());
        self.plan = Arc::new(move |args, selected| Ok(Arc::new(plan(downcast(args)?, selected))));
        self
    }

    /// Sets the arguments, and the function that validates and converts their values. It runs before
    /// anything is read.
    #[must_use]
    pub fn with_arguments<const N: usize, A: Any + Send + Sync>(
        mut self,
        arguments: [Argument; N],
        prepare: impl Fn([ArgumentValue<'_>; N], &Limits) -> Result<A, GraphqlError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let names = arguments.each_ref().map(|argument| argument.name);
        self.prepare = Arc::new(move |values, limits| {
            let values = names.map(|name| ArgumentValue(values.get(name)));
            Ok(Arc::new(prepare(values, limits)?))
        });
        self.arguments = arguments.into();
        self.prepared_type = RustType::of::<A>();
        self
    }

    /// Sets how many objects the field may return per row, for the cost of a request.
    #[must_use]
    pub fn list_size_from<A: Any>(
        mut self,
        size: impl Fn(&A) -> u64 + Send + Sync + 'static,
    ) -> Self {
        self.expected_types.push(RustType::of::<A>());
        self.list_size = Arc::new(move |args| args.downcast_ref::<A>().map_or(1, &size).max(1));
        self
    }

    /// Like [`Self::list_size_from`], for a size that does not depend on arguments.
    #[must_use]
    pub fn assumed_list_size(mut self, size: u64) -> Self {
        self.list_size = Arc::new(move |_| size.max(1));
        self
    }

    /// Marks a field that is resolved once per page, such as `totalCount`. It costs the same for every
    /// page size.
    #[must_use]
    pub fn page_level(mut self) -> Self {
        self.is_page_level = true;
        self
    }
}

/// The scalar type of the values of a column.
pub(super) fn scalar_of(column: ColumnRef) -> &'static str {
    match column.kind {
        CellKind::Text => "String",
        CellKind::Int | CellKind::BigInt => "Int",
        CellKind::Float => "Float",
        CellKind::Bool => "Boolean",
        CellKind::Date => "Date",
        CellKind::DateTime => "DateTime",
    }
}

/// An argument of a field, or a field of an input object.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The name, such as `orderBy`.
    pub name: &'static str,
    /// The description in the schema, in Markdown.
    pub description: &'static str,
    /// The type of its value.
    pub ty: TypeRef,
    /// The value if the request provides none.
    pub default_value: Option<Value>,
}

impl Argument {
    /// Defines an argument without a default. `ty` is GraphQL, such as `[State!]!`.
    pub fn new(name: &'static str, ty: &str, description: &'static str) -> Self {
        Self {
            name,
            description,
            ty: parse_type_ref(ty),
            default_value: None,
        }
    }

    /// Sets the default value.
    #[must_use]
    pub fn with_default(mut self, value: Value) -> Self {
        self.default_value = Some(value);
        self
    }
}

/// Parses a type reference such as `[State!]!`.
fn parse_type_ref(text: &str) -> TypeRef {
    if let Some(inner) = text.strip_suffix('!') {
        TypeRef::NonNull(Box::new(parse_type_ref(inner)))
    } else if let Some(inner) = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
    {
        TypeRef::List(Box::new(parse_type_ref(inner)))
    } else {
        TypeRef::Named(text.to_owned().into())
    }
}
